import Glibc
import TestSupport
import Testing

/// A host whose certificate is no good serves its plain clients, or at least what it can be renewed by.
@Suite struct DegradedHostScenarios {
    private let directory: TemporaryDirectory
    private let certificates: Certificates
    private let ports: (plain: ReservedPort, tls: ReservedPort)

    init() throws {
        directory = try TemporaryDirectory()
        certificates = try Certificates(in: directory)
        ports = (try ReservedPort(), try ReservedPort())
        for name in ["docs", "known", "known/acme-challenge"] {
            unsafe mkdir(directory(name), 0o755)
        }
        try directory.write("front", to: "docs/index.html")
        try directory.write("proof", to: "known/acme-challenge/token")
        try directory.write("other", to: "known/security.txt")
    }

    private func host(_ keys: String) -> String {
        """
        [Host1]
        Hosts=a.test
        BindIpAddr=127.0.0.1
        BindNonPort=\(ports.plain.number)
        BindSslPort=\(ports.tls.number)
        SslCert=\(directory("c.pem"))
        SslKey=\(directory("c.key"))
        \(keys)

        """
    }

    private var web: String {
        "Handler=web\nWebDocDir=\(directory("docs"))\nWellKnownPath=\(directory("known"))"
    }

    private func makeCertificate(endsIn seconds: Int) throws {
        try EndingCertificate.make(
            directory("c.pem"), key: directory("c.key"), name: "a.test", endsIn: seconds)
    }

    private func get(_ path: String, from daemon: DaemonProcess) throws -> String {
        let client = try daemon.plainClient()
        try client.send("GET \(path) HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n")
        return String(decoding: try client.receiveAll(), as: UTF8.self)
    }

    private static let refused = TLSClient.Refusal(reason: "tlsv1 unrecognized name")

    @Test func aWebHostWithAnExpiredCertificateServesItsPlainPort() throws {
        try makeCertificate(endsIn: -60)
        let daemon = try DaemonProcess(host(web), in: directory)
        #expect(daemon.log("error: host Host1 is degraded: certificate file ").count == 1)
        try daemon.waitForStatus("1 degraded")
        #expect(try get("/", from: daemon).hasSuffix("front"))
        #expect(try get("/.well-known/acme-challenge/token", from: daemon).hasSuffix("proof"))
        #expect(throws: Self.refused) { _ = try daemon.tlsClient(name: "a.test") }
        let status = try Icshostd.run("status", "--control-socket", daemon.controlPath).output
        #expect(status.contains("degraded") && status.contains("its SSL clients are refused: "))
    }

    @Test(arguments: ["AuthForceSsl=True", "AuthSslCmd=True", "redirect"])
    func oneThatWantsItsClientsOnTheSSLPortServesTheChallengeOnly(_ key: String) throws {
        try makeCertificate(endsIn: -60)
        let redirect =
            "WebRedirectURL=https://a.test:\(ports.tls.number)/%path%\nWebRedirectStat=301"
        let daemon = try DaemonProcess(
            host("\(web)\n\(key == "redirect" ? redirect : key)"), in: directory)
        for path in ["/", "/none", "/.well-known/security.txt"] {
            #expect(try get(path, from: daemon).hasPrefix("HTTP/1.1 503 "))
        }
        #expect(try get("/.well-known/acme-challenge/token", from: daemon).hasSuffix("proof"))
        // Renewed, it is as it should be.
        try makeCertificate(endsIn: 50 * 86_400)
        try daemon.waitForLog("its SSL clients are served again")
        #expect(try daemon.tlsClient(name: "a.test").serverCertificate == "/CN=a.test")
        #expect(try !get("/", from: daemon).hasPrefix("HTTP/1.1 503 "))
        let status = try Icshostd.run("status", "--control-socket", daemon.controlPath).output
        #expect(!status.contains("degraded"))
    }

    @Test func anotherHandlerIsServedOnItsPlainPortUnlessThatLeadsToTLS() throws {
        try makeCertificate(endsIn: -60)
        let daemon = try DaemonProcess(host("Handler=echo"), in: directory)
        #expect(try daemon.plainClient().echoes("hello"))
        #expect(throws: Self.refused) { _ = try daemon.tlsClient(name: "a.test") }
        let other = try DaemonProcess(starting: host("Handler=echo\nAuthSslCmd=True"))
        #expect(try other.process.waitForEnd() == .exited(1))
        #expect(other.log("error: host Host1 is down: certificate file ").count == 1)
    }

    @Test func theCommandsJudgeAsTheStartDoes() throws {
        try makeCertificate(endsIn: -60)
        let file = try directory.write(host("Handler=echo"), to: "icshostd.conf")
        let check = try Icshostd.run("check", "--config", file)
        #expect(check.end == .exited(1))
        #expect(
            check.errors.contains("error: SSL clients of Host1 would be refused: certificate file ")
        )
        let plan = try Icshostd.run("plan", "--config", file).output
        #expect(plan.contains("(bad: certificate file "))
        for (port, outcome) in [(ports.plain, "served\n"), (ports.tls, "refused\n")] {
            let explained = try Icshostd.run(
                "explain", "127.0.0.1:\(port.number)", "--sni", "a.test", "--config", file)
            #expect(explained.output.hasPrefix(outcome), "\(explained.output)")
        }
        let strict = try DaemonProcess(
            starting: "[Server]\nOnHostError=fail\n" + host("Handler=echo"))
        #expect(try strict.process.waitForEnd() == .exited(1))
    }

    @Test func aCertificateThatEndsWhileItServesIsJudgedAlike() throws {
        try makeCertificate(endsIn: 15)
        let daemon = try DaemonProcess(host("Handler=echo"), in: directory)
        #expect(try daemon.tlsClient(name: "a.test").echoes("before"))
        try daemon.waitForLog(
            "error: host Host1 is degraded: certificate file ", within: .seconds(90))
        #expect(throws: Self.refused) { _ = try daemon.tlsClient(name: "a.test") }
        #expect(try daemon.plainClient().echoes("after"))
    }

    @Test func aReloadKeepsAHostThatServes() throws {
        try makeCertificate(endsIn: 50 * 86_400)
        let daemon = try DaemonProcess(host("Handler=echo"), in: directory)
        let text = host("Handler=echo\nDescr=other").replacing("c.key", with: "authority.key")
        try daemon.write(text)
        let reload = try Icshostd.run("reload", "--control-socket", daemon.controlPath)
        #expect(reload.end == .exited(0), "\(reload.errors)")
        try daemon.waitForLog("host Host1 keeps its previous settings: key file ")
        #expect(try daemon.tlsClient(name: "a.test").echoes("still"))
    }
}
