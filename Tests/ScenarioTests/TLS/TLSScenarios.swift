import Glibc
import TestSupport
import Testing

/// Hosts that share one SSL port are told apart by the name and keep their own certificate, handler
/// and policy.
@Suite struct TLSScenarios {
    @Test(arguments: [
        ("a.test", "/CN=a.test"), ("A.TeSt", "/CN=a.test"), ("a.test.", "/CN=a.test"),
        ("b.test", "/CN=b.test"), ("x.wild.test", "/CN=*.wild.test"),
        ("X.WILD.test.", "/CN=*.wild.test"), ("exact.wild.test", "/CN=b.test"),
        // A wildcard stands for one label.
        ("y.x.wild.test", "/CN=a.test"), ("wild.test", "/CN=a.test"),
        ("unknown.test", "/CN=a.test"),
    ])
    func theNameChoosesTheCertificate(_ name: String, _ subject: String) throws {
        let hosts = try SharedPort()
        let daemon = try hosts.daemon(
            hosts.section(1, "a.test", "Handler=daytime"),
            hosts.section(2, "b.test, exact.wild.test", "Handler=echo"),
            hosts.section(3, "*.wild.test", "Handler=discard"))
        #expect(try daemon.tlsClient(name: name).serverCertificate == subject)
    }

    @Test func theNameChoosesTheHandlerAndNoNameTheFirstHost() throws {
        let hosts = try SharedPort()
        let daemon = try hosts.daemon(
            hosts.section(1, "a.test", "Handler=daytime"),
            hosts.section(2, "b.test", "Handler=echo"))
        #expect(try daemon.tlsClient(name: "b.test").echoes("hello"))
        #expect(try daemon.tlsClient(name: "a.test").receiveText().hasSuffix("-UTC\r\n"))
        let nameless = try daemon.tlsClient()
        #expect(nameless.serverCertificate == "/CN=a.test")
        #expect(try nameless.receiveText().hasSuffix("-UTC\r\n"))
    }

    @Test func aStarTakesEveryNameThatNobodyHas() throws {
        let hosts = try SharedPort()
        let daemon = try hosts.daemon(
            hosts.section(1, "a.test", "Handler=echo"),
            hosts.section(2, "*", "Handler=echo", certificate: "star.test"))
        for (name, subject) in [
            ("a.test", "/CN=a.test"), ("b.test", "/CN=star.test"), (nil, "/CN=star.test"),
        ] {
            #expect(try daemon.tlsClient(name: name).serverCertificate == subject)
        }
    }

    @Test func theNameOfADisabledHostIsRefused() throws {
        let hosts = try SharedPort()
        let daemon = try hosts.daemon(
            hosts.section(1, "a.test", "Handler=echo"),
            hosts.section(2, "b.test", "HostEnabled=False\nHandler=echo"))
        expectUnrecognizedName { _ = try daemon.tlsClient(name: "b.test") }
        try daemon.waitForLog("(b.test) of Host2")
        try daemon.waitForLog("was refused: no host has its server name")
        #expect(try daemon.tlsClient(name: "a.test").echoes("hello"))
        #expect(try daemon.tlsClient(name: "c.test").echoes("hello"))
    }

    @Test func clientsOfAHostThatIsDownAreRefused() throws {
        let hosts = try SharedPort()
        let daemon = try hosts.daemon(
            hosts.section(1, "a.test", "Handler=nosuch"),
            hosts.section(2, "b.test", "Handler=echo"),
            hosts.section(3, "c.test", "Handler=nosuch"))
        // Those of the port's default, with whatever name, and those of another.
        for name in ["a.test", "unknown.test", nil, "c.test"] {
            expectUnrecognizedName { _ = try daemon.tlsClient(name: name) }
        }
        try daemon.waitForLog("was refused: its host is down", count: 4)
        #expect(daemon.log("is not served here").isEmpty)
        #expect(daemon.log("of Host1").count == 3)
        #expect(daemon.log("(c.test) of Host3").count == 1)
        #expect(try daemon.tlsClient(name: "b.test").echoes("hello"))
        #expect(daemon.notify.status?.hasPrefix("1 of 3 hosts up, 1 listener, ") == true)
        #expect(daemon.notify.status?.contains("; down: Host1: no handler named") == true)
    }

    @Test func eachHostOfAPortKeepsItsOwnPolicy() throws {
        let hosts = try SharedPort()
        let daemon = try hosts.daemon(
            hosts.section(1, "new.test", "SslSecLevel=sslSrvSecTls13Only\nHandler=echo"),
            hosts.section(2, "old.test", "SslSecLevel=sslSrvSecTls12Less\nHandler=echo"))
        #expect(try daemon.tlsClient(name: "new.test").version == "TLSv1.3")
        #expect(try daemon.tlsClient(name: "old.test").version == "TLSv1.2")
        for (name, version) in [("new.test", TLSClient.Version.tls12), ("old.test", .tls13)] {
            #expect(throws: TLSClient.Refusal(reason: "tlsv1 alert protocol version")) {
                _ = try daemon.tlsClient(name: name, version: version)
            }
        }
        try daemon.waitForLog("failed its TLS handshake", count: 2)
        // Each is charged to the host that the client asked for, not to the default one.
        for host in ["(new.test) of Host1", "(old.test) of Host2"] {
            #expect(
                daemon.log(host).count { $0.contains("failed its TLS handshake") } == 1,
                "\(daemon.log)")
        }
    }

    @Test(arguments: [TLSClient.Version.tls12, .tls13])
    func theGoodbyeIsACloseNotify(_ version: TLSClient.Version) throws {
        let hosts = try SharedPort()
        let daemon = try hosts.daemon(hosts.section(1, "a.test", "Handler=daytime"))
        // A connection that ends without one is an error of this client.
        #expect(try !daemon.tlsClient(name: "a.test", version: version).receiveText().isEmpty)
    }

    @Test func theOpenSSLProgramVerifiesTheChainAndTheName() throws {
        let hosts = try SharedPort()
        let daemon = try hosts.daemon(hosts.section(1, "a.test", "Handler=daytime"))
        let command = try Command([
            "openssl", "s_client", "-quiet", "-verify_return_error", "-CAfile",
            hosts.certificates.authority, "-verify_hostname", "a.test", "-servername", "a.test",
            "-connect", "127.0.0.1:\(daemon.tlsPort())",
        ])
        #expect(command.end == .exited(0), "\(command.errors)")
        #expect(command.output.hasSuffix("-UTC\r\n"))
    }

    @Test func socatGetsItsEchoAfterItsOwnEnd() throws {
        let hosts = try SharedPort()
        let daemon = try hosts.daemon(
            hosts.section(1, "a.test", "BindNonPort=auto\nHandler=echo"))
        let (plain, ssl) = (try daemon.plainPort(), try daemon.tlsPort())
        for target in [
            "TCP4:127.0.0.1:\(plain)", "OPENSSL:127.0.0.1:\(ssl),verify=0,snihost=a.test",
        ] {
            let socat = try Command(["socat", "-t20", "-", target], input: Array("hello".utf8))
            #expect(socat.output == "hello", "\(socat.errors)")
        }
    }

    @Test func curlGetsTheWholeAnswerAlthoughNobodyReadsItsRequest() throws {
        let hosts = try SharedPort()
        let daemon = try hosts.daemon(
            hosts.section(1, "a.test", "BindNonPort=auto\nHandler=daytime"))
        let (plain, ssl) = (try daemon.plainPort(), try daemon.tlsPort())
        for url in ["http://a.test:\(plain)/", "https://a.test:\(ssl)/"] {
            let curl = try Command([
                "curl", "-sS", "--http0.9", "--no-alpn", "--max-time", "20", "--cacert",
                hosts.certificates.authority, "--connect-to", "a.test::127.0.0.1:", url,
            ])
            #expect(curl.end == .exited(0), "\(curl.errors)")
            #expect(curl.output.hasSuffix("-UTC\r\n"))
        }
    }

    private func expectUnrecognizedName(_ connect: () throws -> Void) {
        #expect(throws: TLSClient.Refusal(reason: "tlsv1 unrecognized name")) { try connect() }
    }
}
