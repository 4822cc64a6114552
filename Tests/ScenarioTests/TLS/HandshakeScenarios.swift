import Glibc
import TestSupport
import Testing

/// Clients of an SSL port that never get through their handshake end alone, each with its record.
@Suite struct HandshakeScenarios {
    private let daemon: DaemonProcess

    init() throws {
        let hosts = try SharedPort()
        daemon = try hosts.daemon(
            server: "HandshakeTimeout=1", hosts.section(1, "a.test", "Handler=echo"))
    }

    @Test func aClientThatSaysNothingRunsOutOfTime() throws {
        let silent = try connect()
        let start = ContinuousClock.now
        #expect(try silent.receiveAll() == [])
        #expect((.milliseconds(990)..<patience).contains(.now - start))
        try expectRecord("timed out")
    }

    @Test func aClientThatResetsIsNoted() throws {
        try connect().reset()
        try expectRecord("")
    }

    @Test func aClientThatHalfClosesIsNoted() throws {
        let client = try connect()
        client.endOutput()
        // It may be told in an alert; the connection ends well, without a reset.
        _ = try client.receiveAll()
        try expectRecord("the peer disconnected during the handshake")
    }

    @Test(arguments: [
        "\0\u{1}\u{2}garbage that is no TLS record at all", "GET / HTTP/1.0\r\n\r\n",
    ])
    func aClientThatSpeaksNoTLSIsNoted(_ words: String) throws {
        let client = try connect()
        try client.send(words)
        _ = try client.receiveAll()
        try expectRecord(
            words.hasPrefix("GET")
                ? "plain HTTP came to an SSL port" : "not TLS: \""
        )
    }

    /// In one piece or in several, a client of HTTP can read what is wrong.
    @Test(arguments: [
        ["GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"], ["G", "ET", " /", " HTTP/1.1\r\n\r\n"],
        ["HEAD / HTTP/1.1\r\n\r\n"],
    ])
    func plainHTTPIsAnsweredWithAPage(_ parts: [String]) throws {
        let client = try connect()
        for part in parts { try client.send(part) }
        let answer = String(decoding: try client.receiveAll(), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\nDate: "))
        let isHead = parts[0].hasPrefix("HEAD")
        #expect(answer.hasSuffix("\r\n\r\n") == isHead)
        #expect(answer.contains("A plain HTTP request was sent to an HTTPS port.") != isHead)
        try expectRecord("plain HTTP came to an SSL port")
    }

    @Test func aClientThatOnlySendsAnAlertIsNoted() throws {
        let client = try connect()
        try client.send([21, 3, 1, 0, 2, 2, 48])
        #expect(try client.receiveAll() == [])
        try expectRecord("peer sent alert: unknown ca")
    }

    @Test func aClientThatDisappearsInTheMiddleIsNoted() throws {
        let client = try connect()
        // A handshake record of 512 bytes that breaks off: TLS 1.0 (3, 1) in the record layer.
        try client.send([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3])
        client.close()
        try expectRecord("the peer disconnected during the handshake")
    }

    @Test func aClientThatStopsInTheMiddleRunsOutOfTime() throws {
        let client = try connect()
        try client.send([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3])
        #expect(try client.receiveAll() == [])
        try expectRecord("timed out")
    }

    private func connect() throws -> PlainClient {
        try PlainClient(to: "127.0.0.1", port: daemon.tlsPort())
    }

    /// Expects one record of a failed handshake, and that the next client is served.
    private func expectRecord(_ reason: String) throws {
        try daemon.waitForLog("of Host1 on 127.0.0.1:\(daemon.tlsPort()) ssl failed its TLS")
        let lines = daemon.log("failed its TLS handshake")
        #expect(lines.count == 1)
        #expect(lines[0].contains("failed its TLS handshake: \(reason)"), "\(lines[0])")
        #expect(lines[0].hasPrefix("info: "))
        #expect(try daemon.tlsClient(name: "a.test").echoes("hello"))
    }
}
