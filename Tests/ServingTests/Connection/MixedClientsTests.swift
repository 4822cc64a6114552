import HandlerAPI
import TestSupport
import Testing

@testable import Serving

/// A mail server in a few lines, and the programs that people use on it: plain, SSL from the first
/// byte, and STARTTLS in the middle.
@Suite struct MixedClientsTests {
    private static let mail = ScriptedHandler { client in
        try await client.write("220 mail.test\r\n")
        while let line = try await client.readLine(upTo: 1_000) {
            let words = line.split(separator: " ")
            switch words.first?.uppercased() {
            case "EHLO":
                let offer =
                    client.offersTLS ? "250-mail.test\r\n250 STARTTLS\r\n" : "250 mail.test\r\n"
                try await client.write(offer)
            case "STARTTLS" where client.offersTLS:
                try await client.write("220 go ahead\r\n")
                try await client.startTLS()
            case "QUIT":
                try await client.write("221 bye\r\n")
                return .close
            case "NOOP":
                try await client.write("250 over \(client.tlsVersion ?? "nothing")\r\n")
            default:
                try await client.write("250 ok\r\n")
            }
        }
        return .close
    }

    private func openssl(_ server: TestServer, _ words: [String]) throws -> Command {
        try Command(
            ["openssl", "s_client", "-connect", "127.0.0.1:\(server.port)", "-crlf"] + words,
            input: Array("NOOP\nQUIT\n".utf8))
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"])
    func opensslStartsTLS(_ version: String) throws {
        let server = try TestServer(Self.mail, upgrade: .init(isOffered: true))
        let client = try openssl(
            server, ["-starttls", "smtp", "-quiet", version, "-servername", "a.test"])
        let name = version == "-tls1_2" ? "TLSv1.2" : "TLSv1.3"
        #expect(client.output.contains("250 over \(name)\r\n"), "\(client)")
        #expect(client.output.hasSuffix("221 bye\r\n"))
        #expect(try server.event(.clientClosed).client?.serverName == "a.test")
    }

    @Test func opensslSpeaksTLSFromTheFirstByte() throws {
        let server = try TestServer(Self.mail, over: .tls)
        let client = try openssl(server, ["-quiet"])
        #expect(client.output.contains("250 over TLSv1.3\r\n221 bye\r\n"), "\(client)")
    }

    @Test(arguments: [("--ssl-reqd", true), ("--ssl", true), ("--ssl", false)])
    func curlSendsMail(_ option: String, _ isOffered: Bool) throws {
        let server = try TestServer(Self.mail, upgrade: .init(isOffered: isOffered))
        let client = try Command([
            "curl", "-sSv", "--insecure", "--max-time", "20", option,
            "smtp://127.0.0.1:\(server.port)",
            "-X", "NOOP",
        ])
        #expect(client.end == .exited(0), "\(client.errors)")
        #expect(client.errors.contains("SSL connection using TLS") == isOffered)
        let over = isOffered ? "TLSv1.3" : "nothing"
        #expect(client.errors.contains("250 over \(over)"), "\(client.errors)")
    }

    @Test func curlThatDemandsTLSGoesWithoutIt() throws {
        let server = try TestServer(Self.mail)
        let client = try Command([
            "curl", "-sS", "--insecure", "--max-time", "20", "--ssl-reqd",
            "smtp://127.0.0.1:\(server.port)", "-X", "NOOP",
        ])
        #expect(client.end == .exited(64))
    }

    /// All three on one server, at the same time.
    @Test func clientsOfEveryKindAreServedAtOnce() throws {
        let server = try TestServer(Self.mail, workers: 2, upgrade: .init(isOffered: true))
        let programs = try (0..<4).map { _ in
            try ChildProcess([
                "openssl", "s_client", "-connect", "127.0.0.1:\(server.port)", "-starttls", "smtp",
                "-quiet", "-crlf",
            ])
        }
        let plain = try (0..<4).map { _ in try server.connectSocket() }
        for client in plain {
            try client.send("NOOP\r\nQUIT\r\n")
            #expect(try client.receiveText().hasSuffix("250 over nothing\r\n221 bye\r\n"))
        }
        for program in programs {
            try program.write(Array("NOOP\nQUIT\n".utf8))
            program.closeInput()
            _ = try program.waitForEnd()
            #expect(program.output.contains("250 over TLSv1.3\r\n221 bye\r\n"), "\(program.output)")
        }
    }
}
