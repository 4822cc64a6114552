import TestSupport
import Testing

/// What clients cost that never get through their handshake, and what is left of it when they have gone.
@Suite struct HandshakeMemoryScenarios {
    private let daemon: DaemonProcess

    init() throws {
        let hosts = try SharedPort()
        daemon = try hosts.daemon(
            server: "HandshakeTimeout=60", hosts.section(1, "a.test", "Handler=echo"))
    }

    private func connect() throws -> PlainClient {
        try PlainClient(to: "127.0.0.1", port: daemon.tlsPort())
    }

    /// Without a whole ClientHello there is nothing of libssl: before, 8 to 50 KiB a client.
    @Test(arguments: [[], [22], Array(repeating: UInt8(22), count: 3) + [0x3F], [0x80, 0xFF]])
    func halfAHandshakeCostsLittle(_ bytes: [UInt8]) throws {
        let before = try daemon.tlsClient(name: "a.test")
        let first = try connect()
        try first.send(bytes)
        let memory = try daemon.memory
        let clients = try (0..<400).map { _ in try connect() }
        for client in clients { try client.send(bytes) }
        try daemon.waitForStatus(" 402 clients")
        let growth = try daemon.memory - memory
        #expect(growth < 400 * 3 || Sanitizer.isOn, "\(growth) KiB for 400")
        #expect(try before.echoes("still here"))
    }

    @Test func theMemoryOfAFloodIsGivenBack() throws {
        let before = try daemon.tlsClient(name: "a.test")
        let hello = Hello(extensions: [Hello.serverName(Array("a.test".utf8))]).bytes
        func flood() throws {
            let clients = try (0..<600).map { _ in try connect() }
            for client in clients { try client.send(hello) }
            for client in clients { _ = try client.receive(atLeast: 3) }
            // Told in the look that counts them, once a second.
            try daemon.waitForStatus(" 601 clients")
        }
        let memory = try daemon.memory
        try flood()
        // 20 MiB and more without it.
        try daemon.wait("memory is given back") { try daemon.memory - memory < 6_000 }
        #expect(try before.echoes("still here"))
    }
}
