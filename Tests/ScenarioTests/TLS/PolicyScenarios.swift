import Glibc
import TestSupport
import Testing

/// What a host says about TLS holds for its clients, and mistakes in it are told with their place.
@Suite struct PolicyScenarios {
    private let hosts: SharedPort

    init() throws {
        hosts = try SharedPort()
    }

    @Test(arguments: [
        (
            "SslCipherList12=NONSENSE",
            "SslCipherList12: OpenSSL has no usable cipher in \"NONSENSE\""
        ),
        (
            "SslCipherList13=TLS_NOTHING",
            "SslCipherList13: OpenSSL does not know every TLS 1.3 suite"
        ),
        (
            "Handler=web\nWebDocDir=/tmp\nSslAlpnProtocols=h2",
            "SslAlpnProtocols: the handler web speaks http/1.1, http/1.0, not \"h2\""
        ),
    ])
    func wordsThatOpenSSLRefusesAreMistakesOfTheFile(_ line: String, _ message: String) throws {
        let handler = line.contains("Handler=") ? "" : "Handler=echo"
        let text = try hosts.section(1, "a.test", handler) + line + "\n"
        let configuration = try hosts.directory.write(text, to: "icshostd.conf")
        let last = line.split(separator: "\n").last ?? ""
        let column = last.split(separator: "=")[0].utf8.count + 2
        for verb in ["check", "run"] {
            let command = try Icshostd.run(verb, "--config", configuration)
            #expect(command.end == .exited(1))
            let place =
                "icshostd.conf:\(text.split(separator: "\n", omittingEmptySubsequences: false).count - 1):\(column): error: "
            #expect(command.errors.contains(place + message), "\(command.errors)")
        }
    }

    @Test func aCipherThatOpenSSLDoesNotHaveIsToldOf() throws {
        let configuration = try hosts.directory.write(
            hosts.section(
                1, "a.test",
                "SslCipherList12=ECDHE-ECDSA-AES128-GCM-SHA256:TYPO:!ALSO\nHandler=echo"
            ), to: "icshostd.conf")
        let command = try Icshostd.run("check", "--config", configuration)
        #expect(command.end == .exited(0))
        #expect(command.errors.contains("warning: SslCipherList12: OpenSSL has no cipher \"TYPO\""))
        #expect(!command.errors.contains("ALSO\""))
    }

    @Test func groupsThatOpenSSLDoesNotKnowAreToldOfAndPassedOver() throws {
        let daemon = try hosts.daemon(
            hosts.section(1, "a.test", "SslCryptoGroups=NewGroup:P-384:secp384r1\nHandler=echo"),
            hosts.section(2, "b.test", "SslCryptoGroups=NewGroup\nHandler=echo"))
        let place = "warning: SslCryptoGroups: "
        #expect(daemon.process.errors.contains(place + "OpenSSL 3."))
        #expect(daemon.process.errors.contains(" does not know \"NewGroup\""))
        #expect(daemon.process.errors.contains(place + "\"secp384r1\" is given twice"))
        #expect(daemon.process.errors.contains(place + "no group is left: "))
        for (name, group) in [("a.test", "ECDH, secp384r1"), ("b.test", "X25519")] {
            let command = try Command([
                "openssl", "s_client", "-connect", "127.0.0.1:\(daemon.tlsPort())", "-servername",
                name,
            ])
            #expect(command.output.contains(group), "\(command.output)")
        }
    }

    @Test func aHostThatRequiresCertificatesIsTriedWithOne() throws {
        let required =
            "CliCertMethod=sslCliCertRequire\nCliCertCA=\(hosts.certificates.authority)\n"
        let file = try hosts.directory.write(
            hosts.section(1, "a.test", required + "Handler=web\nWebDocDir=\(hosts.directory.path)")
                + hosts.section(2, "b.test", required + "Handler=echo")
                + hosts.section(3, "c.test", "Handler=echo"), to: "icshostd.conf")
        let process = try ChildProcess([Icshostd.path, "run", "--config", file, "--print-plan"])
        try waitUntil("the plan") { process.output.contains("-servername c.test\n") }
        let lines = process.output.split(separator: "\n")
        let web = lines.first { $0.contains(" https://a.test:") }
        #expect(web?.hasPrefix("  curl -k --cert client.pem --key client.key ") == true)
        #expect(lines.contains { $0.hasSuffix(" b.test -cert client.pem -key client.key") })
    }

    @Test func listsOfTheFileReplaceThoseOfTheLevel() throws {
        let daemon = try hosts.daemon(
            hosts.section(1, "usual.test", "Handler=echo"),
            hosts.section(
                2, "own.test",
                """
                SslCipherList12=ECDHE-ECDSA-CHACHA20-POLY1305
                SslCipherList13=TLS_AES_128_GCM_SHA256
                SslCryptoGroups=P-384
                Handler=echo
                """))
        func connect(_ name: String, _ words: [String]) throws -> String {
            let command = try Command(
                [
                    "openssl", "s_client", "-connect", "127.0.0.1:\(daemon.tlsPort())",
                    "-servername",
                    name,
                ] + words)
            return command.output + command.errors
        }
        #expect(
            try connect("own.test", ["-tls1_3"]).contains("New, TLSv1.3, Cipher is TLS_AES_128_GCM")
        )
        #expect(try connect("own.test", ["-tls1_3"]).contains("ECDH, secp384r1"))
        #expect(
            try connect("own.test", ["-tls1_2"]).contains("Cipher is ECDHE-ECDSA-CHACHA20-POLY1305")
        )
        #expect(try connect("usual.test", ["-tls1_3"]).contains("Cipher is TLS_AES_256_GCM_SHA384"))
        #expect(try connect("usual.test", ["-tls1_3"]).contains("X25519"))
        #expect(
            try connect("own.test", ["-tls1_3", "-groups", "X25519"]).contains(
                "alert handshake failure"))
    }

    @Test(arguments: [
        ("", "SslUnknownName=reject"), ("SslUnknownName=reject", ""),
    ])
    func unknownAndMissingNamesMayBeRejected(_ server: String, _ host: String) throws {
        let daemon = try hosts.daemon(
            server: server, hosts.section(1, "a.test", "\(host)\nHandler=echo"),
            hosts.section(2, "b.test", "SslUnknownName=default\nHandler=echo"))
        for name in ["unknown.test", nil] {
            #expect(throws: TLSClient.Refusal(reason: "tlsv1 unrecognized name")) {
                _ = try daemon.tlsClient(name: name)
            }
        }
        try daemon.waitForLog("was refused: no host has its server name", count: 2)
        #expect(try daemon.tlsClient(name: "a.test").echoes("hello"))
        #expect(try daemon.tlsClient(name: "b.test").echoes("hello"))
    }

    @Test func nothingIsRenegotiatedCompressedOrSentEarly() throws {
        let daemon = try hosts.daemon(
            hosts.section(1, "a.test", "Handler=echo"),
            hosts.section(2, "b.test", "Handler=daytime"))
        func connect(_ words: [String], input: String) throws -> Command {
            try Command(
                ["openssl", "s_client", "-connect", "127.0.0.1:\(daemon.tlsPort())"] + words,
                input: Array(input.utf8))
        }
        let old = try connect(["-tls1_2"], input: "R\n")
        #expect(old.errors.contains("RENEGOTIATING"))
        #expect(old.errors.contains("no renegotiation"), "\(old.errors)")
        #expect(old.output.contains("Compression: NONE"))
        #expect(old.output.contains("Secure Renegotiation IS supported"))
        let new = try connect(
            ["-tls1_3", "-ign_eof", "-servername", "b.test"], input: "")
        #expect(new.output.contains("Max Early Data: 0"), "\(new.output)")
        #expect(!new.output.contains("Early data was accepted"))
    }

    @Test func anInternationalNameIsServedToClientsThatEncodeIt() throws {
        let daemon = try hosts.daemon(
            hosts.section(1, "a.test", "Handler=echo"),
            hosts.section(
                2, "Bücher.test, *.例え.test", "Handler=echo", certificate: "xn--bcher-kva.test"))
        for name in ["xn--bcher-kva.test", "XN--BCHER-KVA.TEST", "x.xn--r8jz45g.test"] {
            #expect(try daemon.tlsClient(name: name).serverCertificate == "/CN=xn--bcher-kva.test")
        }
        try daemon.waitForLog("is served as \"xn--bcher-kva.test\", as clients write it")
    }

    @Test func clientsShowTheirCertificate() throws {
        let pair = try hosts.certificates.pair("client.test")
        let daemon = try hosts.daemon(
            server: "CliCertCA=\(hosts.certificates.authority)",
            hosts.section(1, "open.test", "Handler=daytime"),
            hosts.section(2, "locked.test", "CliCertMethod=sslCliCertRequire\nHandler=daytime"))
        func connect(_ name: String, _ words: [String]) throws -> Command {
            try Command(
                [
                    "openssl", "s_client", "-quiet", "-connect", "127.0.0.1:\(daemon.tlsPort())",
                    "-servername", name,
                ] + words)
        }
        let shown = ["-cert", pair.certificate, "-key", pair.key]
        #expect(try connect("open.test", []).output.hasSuffix("-UTC\r\n"))
        #expect(try connect("locked.test", shown).output.hasSuffix("-UTC\r\n"))
        let refused = try connect("locked.test", [])
        #expect(refused.output == "")
        #expect(refused.errors.contains("alert certificate required"), "\(refused.errors)")
        try daemon.waitForLog("failed its TLS handshake: peer did not return a certificate")
    }

    /// The authority of the clients has issued the host's certificate, too, and is not in its file.
    @Test func authoritiesOfClientsAreNotSentAsAChain() throws {
        let daemon = try hosts.daemon(
            hosts.section(
                1, "a.test",
                """
                CliCertMethod=sslCliCertOptional
                CliCertCA=\(hosts.certificates.authority)
                Handler=echo
                """))
        let client = try Command([
            "openssl", "s_client", "-showcerts", "-connect", "127.0.0.1:\(daemon.tlsPort())",
        ])
        #expect(client.output.split(separator: "-----BEGIN CERTIFICATE-----").count == 2)
        #expect(client.output.contains("Acceptable client certificate CA names"))
    }

    @Test func onlyTheHostWhoseAuthoritiesCannotBeReadIsDown() throws {
        let daemon = try hosts.daemon(
            hosts.section(1, "a.test", "Handler=echo"),
            hosts.section(2, "b.test", "CliCertMethod=2\nCliCertCA=/nowhere/ca.pem\nHandler=echo"))
        #expect(try daemon.tlsClient(name: "a.test").echoes("hello"))
        #expect(daemon.log("host Host2 is down").first?.contains("/nowhere/ca.pem") == true)
    }

    @Test func machinesThatShareTicketKeysShareSessions() throws {
        let keys = hosts.directory("ticket.key")
        try Command.succeed(["openssl", "rand", "-out", keys, "80"])
        let session = hosts.directory("session")
        func daemon(_ key: String) throws -> DaemonProcess {
            try DaemonProcess(
                "[Server]\n\(key)\n" + hosts.section(1, "a.test", "Handler=daytime"),
                in: TemporaryDirectory(), storesDescriptors: false)
        }
        func connect(_ daemon: DaemonProcess, _ words: [String]) throws -> String {
            try Command(
                [
                    "openssl", "s_client", "-connect", "127.0.0.1:\(daemon.tlsPort())",
                    "-servername",
                    "a.test", "-ign_eof",
                ] + words
            ).output
        }
        var first: DaemonProcess? = try daemon("SslTicketKeyFile=\(keys)")
        if let first { _ = try connect(first, ["-sess_out", session]) }
        // The next one gets the port.
        _ = try first?.stop()
        first = nil
        let second = try daemon("SslTicketKeyFile=\(keys)")
        #expect(try connect(second, ["-sess_in", session]).contains("Reused, TLSv1.3"))
        _ = try second.stop()
        let stranger = try daemon("")
        #expect(try connect(stranger, ["-sess_in", session]).contains("New, TLSv1.3"))
    }

    @Test func aBadTicketKeyFileIsAMistakeAndAnOpenOneAWarning() throws {
        func check(_ size: Int, mode: mode_t) throws -> Command {
            let keys = hosts.directory("keys-\(size)")
            try Command.succeed(["openssl", "rand", "-out", keys, "\(size)"])
            unsafe chmod(keys, mode)
            let file = try hosts.directory.write(
                "[Server]\nSslTicketKeyFile=\(keys)\n"
                    + hosts.section(1, "a.test", "Handler=echo"), to: "icshostd.conf")
            return try Icshostd.run("check", "--config", file)
        }
        let bad = try check(48, mode: 0o600)
        #expect(bad.end == .exited(1))
        #expect(bad.errors.contains("icshostd.conf:2:18: error: SslTicketKeyFile: ticket key file"))
        #expect(bad.errors.contains("must have 1 to 8 keys of 80 bytes, and has a length of 48"))
        let exposed = try check(160, mode: 0o644)
        #expect(exposed.end == .exited(0))
        #expect(exposed.errors.contains("icshostd.conf:2:18: warning: every user of this machine"))
        #expect(try !check(80, mode: 0o600).errors.contains("ticket"))
    }
}
