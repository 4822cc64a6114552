// modules: NetworkTypes TextFormats CLinux Platform TLS
// seeds: Tests/Fixtures/hello/*

internal import Glibc
internal import TLS

/// What must hold for any bytes that come before a handshake, and for any server_name in one that is
/// otherwise well formed.
enum ClientHelloFuzzer {
    /// Knows no name, and looks at each that it is asked for.
    private final class Strangers: TLSIdentityChooser {
        func identity(serverName: String?) -> TLSIdentity? {
            let count = serverName?.utf8.count ?? 1
            // A byte that is no UTF-8 becomes a character of three.
            Fuzzing.require((1...765).contains(count), "a name has 1 to 255 bytes")
            Fuzzing.require(serverName?.utf8.contains(0) != true, "a name has no NUL")
            return nil
        }
    }

    private final class Keys: TicketKeySource {
        let ticketKeys = TicketKeys()
    }

    nonisolated(unsafe) private static let port = try? TLSPort(ticketKeys: Keys())
    private static let context = try? TLSContext(policy: TLSPolicy())
    private static let strangers = Strangers()

    /// Reads the bytes as an extension, as that of a hello, and as all that a client sends.
    static func run(_ bytes: [UInt8]) {
        checkExtension(bytes)
        if bytes.count < 16_000 { shakeHands(hello(serverName: bytes)) }
        shakeHands(bytes)
        checkScan(bytes)
    }

    /// Whatever comes, in whatever pieces, ends at the same point.
    private static func checkScan(_ bytes: [UInt8]) {
        var (whole, pieces) = (ClientHelloScan(), ClientHelloScan())
        let atOnce = whole.scan(bytes.span)
        var last = ClientHelloScan.Verdict.incomplete
        for end in stride(from: 1, through: bytes.count, by: max(1, bytes.count / 64)) {
            last = pieces.scan(bytes.span.extracting(first: end))
            if last != .incomplete { break }
        }
        if atOnce == .incomplete { Fuzzing.require(last == .incomplete, "more may still come") }
        if last == .complete { Fuzzing.require(atOnce == .complete, "what is complete stays so") }
    }

    private static func checkExtension(_ bytes: [UInt8]) {
        guard case .name(let name, let hash) = ServerNameExtension(bytes.span) else { return }
        Fuzzing.require(bytes.count <= 260, "a name has at most 255 bytes")
        Fuzzing.require(!name.isEmpty && !name.utf8.contains(0), "a name is a name")
        var capital = bytes
        for index in 5..<bytes.count where (97...122).contains(bytes[index]) {
            capital[index] -= 32
        }
        guard case .name(_, let other) = ServerNameExtension(capital.span) else {
            return Fuzzing.require(false, "case decides nothing")
        }
        Fuzzing.require(hash == other, "a hash ignores case")
    }

    /// A ClientHello of TLS 1.2 whose only remarkable part is its server_name.
    private static func hello(serverName: [UInt8]) -> [UInt8] {
        func two(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 255)] }
        let list =
            [0, 0] + two(serverName.count) + serverName + [0, 10, 0, 4, 0, 2, 0, 23]
            + [0, 11, 0, 2, 1, 0, 0, 13, 0, 6, 0, 4, 4, 3, 5, 3]
        var body: [UInt8] = [3, 3] + [UInt8](repeating: 5, count: 32) + [0]
        body += [0, 2, 0xC0, 0x2B, 1, 0] + two(list.count) + list
        let message = [1, 0] + two(body.count) + body
        return [22, 3, 1] + two(message.count) + message
    }

    private static func shakeHands(_ bytes: [UInt8]) {
        guard let port = unsafe port, let context,
            let session = try? TLSSession(context: context, port: port)
        else { return Fuzzing.require(false, "there is memory") }
        var ends: [CInt] = [-1, -1]
        let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
        Fuzzing.require(unsafe socketpair(AF_UNIX, type, 0, &ends) == 0, "there are sockets")
        defer { for end in ends { close(end) } }
        _ = unsafe send(ends[1], bytes, bytes.count, CInt(MSG_NOSIGNAL))
        shutdown(ends[1], CInt(SHUT_WR))
        for _ in 0..<3 {
            let step = session.handshake(socket: ends[0], port: port, chooser: strangers)
            if case .done = step { Fuzzing.require(false, "nobody gets in") }
        }
    }
}

/// What libFuzzer calls with every text that it makes up.
///
/// - Parameters:
///   - start: the first byte.
///   - count: how many there are.
/// - Returns: zero, as libFuzzer asks for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    ClientHelloFuzzer.run(unsafe Fuzzing.bytes(start, count))
    return 0
}
