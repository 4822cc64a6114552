import Glibc
import TestSupport
import Testing

/// What hurts a handshake ends its own connection, while others are served.
@Suite struct AttackScenarios {
    private let daemon: DaemonProcess

    init() throws {
        let hosts = try SharedPort()
        daemon = try hosts.daemon(
            server: "HandshakeTimeout=1", hosts.section(1, "a.test", "Handler=echo"))
    }

    private func connect() throws -> PlainClient {
        try PlainClient(to: "127.0.0.1", port: daemon.tlsPort())
    }

    /// Serves a client, and one that was there before the attack.
    private func expectService(_ before: TLSClient) throws {
        #expect(try before.echoes("still here"))
        #expect(try daemon.tlsClient(name: "a.test").echoes("hello"))
    }

    @Test func clientsThatSayNothing() throws {
        let before = try daemon.tlsClient(name: "a.test")
        let silent = try (0..<50).map { _ in try connect() }
        try expectService(before)
        for client in silent { #expect(try client.receiveAll() == []) }
        try daemon.waitForLog("failed its TLS handshake: timed out", count: 10)
        // Told one by one no more.
        try daemon.waitForLog(" handshakes with Host1 failed from 127.0.0.0/24")
        try expectService(before)
    }

    /// A byte a second: each comes in time, and the deadline counts from the first all the same.
    @Test func aClientThatDribbles() throws {
        let before = try daemon.tlsClient(name: "a.test")
        let slow = try connect()
        let hello = Hello(extensions: [Hello.serverName(Array("a.test".utf8))]).bytes
        var sent = 0
        // The pauses are the attack; the hello would take over a minute.
        while sent < hello.count, try slow.receiveNow() == nil {
            _ = try? slow.sendNow(hello[sent...].prefix(1))
            sent += 1
            try expectService(before)
            sleep(1)
        }
        #expect(sent < hello.count)
        try daemon.waitForLog("failed its TLS handshake: timed out")
        try expectService(before)
    }

    @Test(arguments: [
        [UInt8](repeating: 0xEE, count: 64), [UInt8](repeating: 0x16, count: 70_000),
        Array("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n".utf8), [0x80, 0x2E, 1, 0, 2],
    ])
    func garbage(_ bytes: [UInt8]) throws {
        let before = try daemon.tlsClient(name: "a.test")
        let client = try connect()
        // It may be cut off in the middle.
        try? client.send(bytes)
        client.endOutput()
        _ = try? client.receiveAll()
        try daemon.waitForLog("failed its TLS handshake")
        try expectService(before)
    }

    /// Padding (RFC 7685) up to the size that a record has, and beyond.
    @Test(arguments: [16_384, 60_000])
    func aHugeHelloIsAnswered(_ size: Int) throws {
        let before = try daemon.tlsClient(name: "a.test")
        let client = try connect()
        let padding = (type: 21, bytes: [UInt8](repeating: 0, count: size))
        try client.send(
            Hello(extensions: [Hello.serverName(Array("a.test".utf8)), padding]).bytes)
        // The first record of a ServerHello.
        #expect(try client.receive(atLeast: 3).prefix(2) == [22, 3])
        try expectService(before)
        client.close()
        try daemon.waitForLog("failed its TLS handshake")
    }

    /// More than may be, all at once: it can still read the alert.
    @Test func aHelloThatIsTooLargeGetsAnAlert() throws {
        let before = try daemon.tlsClient(name: "a.test")
        let client = try connect()
        // A ClientHello of 0x13880 = 80,000 bytes in records of 16,000.
        let message: [UInt8] = [1, 1, 0x38, 0x80] + [UInt8](repeating: 0, count: 80_000)
        let starts = stride(from: 0, to: message.count, by: 16_000)
        let records = starts.flatMap { start -> [UInt8] in
            let part = message[start..<min(start + 16_000, message.count)]
            return [22, 3, 1, UInt8(part.count >> 8), UInt8(part.count & 255)] + part
        }
        try? client.send(records)
        // illegal_parameter, as libssl says of a message that is too long.
        #expect(try client.receiveAll() == [21, 3, 3, 0, 2, 2, 47])
        try daemon.waitForLog("ClientHello of 80000 bytes, at most 65536 are possible")
        try expectService(before)
    }

    /// Each byte in a record of its own, and each record in pieces.
    @Test func aHelloInTheSmallestPiecesIsAnswered() throws {
        let client = try connect()
        let hello = Hello(extensions: [Hello.serverName(Array("a.test".utf8))]).bytes
        let records: [UInt8] = hello.dropFirst(5).flatMap { [22, 3, 1, 0, 1, $0] }
        for start in stride(from: 0, to: records.count, by: 7) {
            try client.send(Array(records[start...].prefix(7)))
        }
        #expect(try client.receive(atLeast: 3).prefix(2) == [22, 3])
    }

    @Test(arguments: [
        ([97, 0, 98], "server name with a NUL byte", 47),
        ([UInt8](repeating: 97, count: 300), "server name of 300 bytes", 47),
        ([], "malformed server_name extension", 50),
        (Array("a.test\nX=1".utf8), #"server name "a.test\x0aX=1" is no host name"#, 47),
        (Array("$(id)".utf8), #"server name "$(id)" is no host name"#, 47),
        (Array("\u{1B}]0;x".utf8), #"server name "\x1b]0;x" is no host name"#, 47),
    ])
    func aNameThatIsNone(_ name: [UInt8], _ reason: String, _ alert: UInt8) throws {
        let before = try daemon.tlsClient(name: "a.test")
        let client = try connect()
        try client.send(Hello(extensions: [Hello.serverName(name)]).bytes)
        // A fatal alert: illegal_parameter or decode_error.
        #expect(try client.receiveAll() == [21, 3, 3, 0, 2, 2, alert])
        try daemon.waitForLog("failed its TLS handshake: \(reason)")
        try expectService(before)
    }
}
