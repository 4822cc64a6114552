import Glibc
import TestSupport
import Testing

/// Sessions of openssl(1): they are resumed by the host that they were made with, and by no other.
@Suite struct SessionScenarios {
    /// How a client of TLS 1.2 or 1.3 keeps its session.
    enum Kind: CaseIterable {
        case ticket13, ticket12, id12

        var words: [String] {
            switch self {
            case .ticket13: ["-tls1_3"]
            case .ticket12: ["-tls1_2"]
            case .id12: ["-tls1_2", "-no_ticket"]
            }
        }
    }

    private let hosts: SharedPort
    private let pair: Certificates.Pair
    private let daemon: DaemonProcess
    private let sections: [String]

    init() throws {
        hosts = try SharedPort()
        pair = try hosts.certificates.pair("client.test")
        sections = [
            try hosts.section(1, "open.test, other.test", "Handler=daytime"),
            try hosts.section(
                2, "locked.test",
                "CliCertMethod=sslCliCertRequire\nCliCertCA=\(hosts.certificates.authority)\n"
                    + "Handler=daytime"),
            try hosts.section(3, "second.test", "Handler=daytime"),
        ]
        daemon = try DaemonProcess(
            "[Server]\nWorkers=2\n" + sections.joined(), in: hosts.directory)
    }

    private var session: String { hosts.directory("session") }

    private func connect(_ name: String, _ kind: Kind, _ words: [String]) throws -> Command {
        try Command(
            [
                "openssl", "s_client", "-ign_eof", "-connect", "127.0.0.1:\(daemon.tlsPort())",
                "-servername", name,
            ] + kind.words + words)
    }

    private var shown: [String] { ["-cert", pair.certificate, "-key", pair.key] }

    @Test(arguments: Kind.allCases)
    func aSessionIsResumedUnderItsName(_ kind: Kind) throws {
        #expect(try connect("open.test", kind, ["-sess_out", session]).output.contains("\nNew, "))
        let again = try connect("open.test", kind, ["-sess_in", session]).output
        #expect(again.contains("\nReused, "), "\(again)")
        #expect(again.hasSuffix("-UTC\r\n") || again.contains("-UTC\r\n"))
    }

    /// nginx#493, CVE-2025-23419: what was made without a certificate does not open the host that
    /// demands one, nor what was made with one another host, nor another name of the same.
    @Test(arguments: Kind.allCases)
    func aSessionIsNeverResumedUnderAnother(_ kind: Kind) throws {
        func expect(from first: String, to second: String, _ words: [String], _ answer: String)
            throws
        {
            _ = try connect(first, kind, ["-sess_out", session] + shown)
            let client = try connect(second, kind, ["-sess_in", session] + words)
            let text = client.output + client.errors
            #expect(!client.output.contains("\nReused, "), "\(first) to \(second): \(text)")
            #expect(text.contains(answer), "\(first) to \(second): \(text)")
        }
        try expect(from: "open.test", to: "locked.test", [], " alert ")
        try expect(from: "open.test", to: "locked.test", shown, "subject=CN = locked.test")
        try expect(from: "locked.test", to: "open.test", [], "subject=CN = open.test")
        try expect(from: "open.test", to: "second.test", [], "subject=CN = second.test")
        try expect(from: "second.test", to: "open.test", [], "subject=CN = open.test")
        try expect(from: "open.test", to: "other.test", [], "subject=CN = open.test")
        try daemon.waitForLog("peer did not return a certificate")
    }

    /// The keys of tickets are kept, and the host's policy is what it was.
    @Test(arguments: [Kind.ticket13, .ticket12])
    func aReloadKeepsSessions(_ kind: Kind) throws {
        _ = try connect("open.test", kind, ["-sess_out", session])
        let changed = sections.joined().replacing("Hosts=second.test", with: "Hosts=third.test")
        try daemon.reload("[Server]\nWorkers=2\n" + changed)
        #expect(try connect("third.test", kind, []).output.contains("\nNew, "))
        let again = try connect("open.test", kind, ["-sess_in", session]).output
        #expect(again.contains("\nReused, "), "\(again)")
    }
}
