import Glibc
import TestSupport
import Testing

/// Each built-in handler met by real clients, plain and over TLS, on IPv4 and IPv6.
@Suite struct HandlerScenarios {
    /// How a client reaches the daemon.
    enum Way: CaseIterable {
        case plainV4, plainV6, tlsV4, tlsV6
    }

    @Test(arguments: Way.allCases)
    func echoSendsBackAllThatItGets(_ way: Way) throws {
        let daemon = try daemon("echo")
        for size in [1, 65_537, 3 << 20] {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 8) }
            let back = try client(of: daemon, way).exchange(bytes)
            #expect(back == bytes, "\(back.count) of \(size) bytes came back")
        }
    }

    @Test(arguments: Way.allCases)
    func discardTakesBytesAgainAndAgainAndAnswersTheEnd(_ way: Way) throws {
        let daemon = try daemon("discard")
        let client = try client(of: daemon, way)
        for _ in 0..<20 {
            try client.send([UInt8](repeating: 1, count: 1_000))
            // The next bytes find the client at rest.
            try daemon.wait("the bytes are taken") { try client.isSendQueueEmpty }
        }
        client.endOutput()
        #expect(try client.receiveAll() == [])
        try daemon.waitForLog("closed by the client, 20000 bytes in, 0 bytes out")
    }

    @Test(arguments: Way.allCases)
    func daytimeSaysOneLine(_ way: Way) throws {
        let daemon = try daemon("daytime")
        let text = try client(of: daemon, way).receiveText()
        let line = #/[A-Z][a-z]+day, [A-Z][a-z]+ \d{1,2}, 20\d\d \d\d:\d\d:\d\d-UTC\r\n/#
        #expect(try line.wholeMatch(in: text) != nil, "\(text)")
    }

    @Test(arguments: Way.allCases)
    func timeSaysTheSecondsSince1900(_ way: Way) throws {
        let daemon = try daemon("time")
        let before = time(nil)
        let bytes = try client(of: daemon, way).receiveAll()
        #expect(bytes.count == 4)
        let seconds = bytes.reduce(0) { $0 << 8 | Int($1) } - 2_208_988_800
        #expect((before...time(nil)).contains(seconds))
    }

    @Test(arguments: Way.allCases)
    func chargenTurnsThePatternOfItsRFC(_ way: Way) throws {
        let daemon = try daemon("chargen")
        let client = try client(of: daemon, way)
        let bytes = try client.receive(atLeast: 200 * 74)
        client.close()
        for line in 0..<200 {
            let text = (0..<72).map { UInt8(32 + (line + $0) % 95) } + [13, 10]
            try #require(Array(bytes[(line * 74)..<(line * 74 + 74)]) == text, "line \(line)")
        }
    }

    @Test(arguments: [Way.plainV4, .tlsV4])
    func aClientThatReadsNothingCostsNoMemory(_ way: Way) throws {
        let daemon = try daemon("chargen")
        let first = try client(of: daemon, way)
        _ = try first.receive(atLeast: 1 << 20)
        let before = try daemon.memory
        let idle = try (0..<20).map { _ in try client(of: daemon, way) }
        for client in idle { try waitUntilReady(client.descriptor, POLLIN, "the first bytes") }
        // Meanwhile the daemon has sent another client ten times what these could have piled up.
        _ = try first.receive(atLeast: 100 << 20)
        let growth = try daemon.memory - before
        // TLS takes 50 KiB for the handshake and the buffers of each.
        #expect(growth < 8 * 1024 || Sanitizer.isOn, "\(growth) KiB more")
        #expect(try daemon.descriptorCount > idle.count)
    }

    private func daemon(_ handler: String) throws -> DaemonProcess {
        let directory = try TemporaryDirectory()
        let pair = try Certificates(in: directory).pair("a.test")
        return try DaemonProcess(
            """
            [Server]
            LogLevel=debug
            Workers=2
            [Host1]
            Hosts=a.test
            BindIpAddr=127.0.0.1
            BindIpAddr2=::1
            BindNonPort=auto
            BindSslPort=auto
            \(pair.settings)
            Handler=\(handler)
            """, in: directory)
    }

    private func client(of daemon: DaemonProcess, _ way: Way) throws -> any TestClient {
        switch way {
        case .plainV4: try PlainClient(to: "127.0.0.1", port: daemon.plainPort(0))
        case .plainV6: try PlainClient(to: "::1", port: daemon.plainPort(1))
        case .tlsV4: try TLSClient(to: "127.0.0.1", port: daemon.tlsPort(0), name: "a.test")
        case .tlsV6: try TLSClient(to: "::1", port: daemon.tlsPort(1), name: "a.test")
        }
    }
}
