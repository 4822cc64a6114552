internal import CLinux
internal import Glibc
package import NetworkTypes

/// A connection to a unix socket for a program that has nothing else to do: its calls wait.
package struct UnixConnection: ~Copyable {
    private let descriptor: FileDescriptor

    /// Connects (connect(2)).
    package init(to address: UnixAddress) throws(SystemError) {
        let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = try FileDescriptor(socket(AF_UNIX, type, 0), from: "socket")
        let number = descriptor.number
        guard unsafe RawAddress.with(address, { unsafe connect(number, $0, $1) }) == 0 else {
            throw .last("connect")
        }
        self.descriptor = descriptor
    }

    /// Sends all of it (send(2)).
    package func send(_ bytes: [UInt8]) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(
                    descriptor.number, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .last("send") }
            rest = rest.dropFirst(count)
        }
    }

    /// Waits for the next bytes (recv(2)).
    ///
    /// - Parameter limit: how long at most; nil waits for good.
    /// - Returns: none when the peer has ended its side.
    /// - Throws: `recv` with ETIMEDOUT when nothing came in time.
    package func receive(within limit: Duration?) throws(SystemError) -> [UInt8] {
        var entry = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        let milliseconds = limit.map { Int32(clamping: $0.nanoseconds / 1_000_000) } ?? -1
        while true {
            let ready = unsafe poll(&entry, 1, milliseconds)
            guard ready != 0 else { throw SystemError("recv", code: ETIMEDOUT) }
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = ready < 0 ? -1 : unsafe recv(descriptor.number, &bytes, bytes.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .last("recv") }
            return Array(bytes.prefix(count))
        }
    }
}
