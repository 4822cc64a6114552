import Glibc

/// A connection to a port of 127.0.0.1.
func connection(to port: UInt16) -> CInt {
    let number = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    guard number >= 0, result == 0 else { fatalError("connect: \(errno)") }
    return number
}

/// The clients of a measurement in a process of their own, which has its own limit of descriptors: `hold PORT COUNT`.
///
/// One of them exchanges messages until the server breaks off; then this prints how long it waited.
struct Holder {
    private let port: UInt16
    private let count: Int

    init(_ words: [Int]) { (port, count) = (UInt16(words[0]), words[1]) }

    func run() -> Never {
        let connections = (0..<count).map { _ in connection(to: port) }
        var buffer = [UInt8](repeating: 1, count: 64)
        var waits: [Double] = []
        while true {
            let start = seconds(CLOCK_MONOTONIC)
            send(connections[0], buffer, buffer.count, CInt(MSG_NOSIGNAL))
            guard recv(connections[0], &buffer, buffer.count, CInt(MSG_WAITALL)) == buffer.count
            else {
                break
            }
            waits.append(milliseconds(seconds(CLOCK_MONOTONIC) - start))
        }
        waits.sort()
        let last = waits.count - 1
        print(
            "echo: median \(waits[last / 2]) ms, 99.9 % \(waits[last * 999 / 1000]) ms,",
            "longest \(waits[last]) ms")
        exit(0)
    }
}
