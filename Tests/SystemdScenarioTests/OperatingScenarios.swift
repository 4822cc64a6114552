import Glibc
import TestSupport
import Testing

extension SystemdScenarios {
    /// What docs/OPERATING.md tells the operator to do, as it is written there.
    @Suite struct OperatingScenarios {
        private static let certificate = "/etc/letsencrypt/live/shop"

        @Test func theHookOfCertbotBringsANewCertificate() throws {
            let daemon = try InstalledDaemon(
                InstalledDaemon.shop
                    + "SslCert=/etc/icshostd/certs/shop.pem\nSslKey=/etc/icshostd/certs/shop.key\n")
            let hook = "/etc/letsencrypt/renewal-hooks/deploy/icshostd"
            try daemon.container.write(Self.example(after: "deploy hook"), to: hook)
            try daemon.container.succeed("chmod", "755", hook)
            var shown: Set<String> = []
            for round in 1...2 {
                try makeCertificate("/CN=shop.test/O=round \(round)", daemon.container)
                try daemon.container.succeed("env", "RENEWED_LINEAGE=\(Self.certificate)", hook)
                if round == 1 { try daemon.start() }
                try waitUntil("the certificate of round \(round)") {
                    let tls = try TLSClient(
                        over: daemon.container.connect(to: 443), name: "shop.test")
                    shown.insert(tls.serverCertificate)
                    return shown.contains { $0.contains("round \(round)") }
                }
            }
            #expect(try daemon.container.run(["icshostd", "check"]).end == .exited(0))
            #expect(try daemon.property("NRestarts") == "0")
        }

        @Test func aKeyThatOnlyRootMayReadIsACredential() throws {
            let keys =
                "SslCert=\(Self.certificate)/fullchain.pem\n"
                + "SslKey=${CREDENTIALS_DIRECTORY}/shop.key\n"
            let daemon = try InstalledDaemon(InstalledDaemon.shop + keys)
            try makeCertificate("/CN=shop.test", daemon.container)
            let secret = "/etc/icshostd/secret"
            try daemon.container.succeed("mkdir", "-m", "700", secret)
            try daemon.container.succeed(
                "install", "-m", "600", "\(Self.certificate)/privkey.pem", "\(secret)/shop.key")
            try daemon.addDropIn(Self.example(after: "systemctl edit icshostd"))
            try daemon.start()
            let tls = try TLSClient(over: daemon.container.connect(to: 443), name: "shop.test")
            #expect(try tls.echoes("hello"))
            try daemon.container.succeed("systemctl", "reload", "icshostd")
            let check = try daemon.container.run([
                "env", "CREDENTIALS_DIRECTORY=\(secret)", "icshostd", "check", "--user", "root",
            ])
            #expect(check.end == .exited(0), "\(check.errors)")
        }

        @Test func whoComesWhileItStopsIsResetAtTheEnd() throws {
            let daemon = try InstalledDaemon("[Server]\nDrainTimeout=60\n" + InstalledDaemon.shop)
            let container = daemon.container
            try daemon.start()
            let long = try container.connect(to: 7007)
            #expect(try long.echoes("stays"))
            try container.succeed("systemctl", "stop", "--no-block", "icshostd")
            try daemon.waitForRecord(
                "MESSAGE=stopping on SIGTERM: 1 client has 60.0 seconds to finish")
            // It is in the queue, which systemd lets go of when the process has ended.
            let newcomer = try container.connect(to: 7007)
            try newcomer.send("waits")
            #expect(try long.echoes("still here"))
            try container.succeed("systemctl", "kill", "icshostd")
            #expect(try long.receiveAll() == [])
            let error = #expect(throws: TestFailure.self) { try newcomer.receiveAll() }
            #expect(error?.errorNumber == ECONNRESET)
            try daemon.wait(for: "ActiveState") { $0 == "inactive" }
            #expect(try daemon.property("Result") == "success")
        }

        @Test func aLookBeforeTheRestartKeepsTheServiceFromABrokenFile() throws {
            let daemon = try InstalledDaemon()
            try daemon.start()
            let process = try daemon.property("MainPID")
            let page = try Command.succeed(
                ["cat", SystemdContainer.repository + "/docs/OPERATING.md"])
            let line = "icshostd check && systemctl restart icshostd"
            #expect(page.contains("# \(line)\n"))
            try daemon.configure(InstalledDaemon.shop + "NoSuchKey=1\n")
            #expect(try daemon.container.run(["sh", "-c", line]).end == .exited(1))
            #expect(try daemon.property("MainPID") == process)
            #expect(try daemon.container.connect(to: 7007).echoes("still here"))
        }

        @Test func anAddressThatComesIsPickedUp() throws {
            let daemon = try InstalledDaemon(
                InstalledDaemon.shop
                    + "[Host2]\nHosts=*\nHostTag=LATE\nBindIpAddr=10.99.0.9\nBindNonPort=25\n"
                    + "Handler=echo\n")
            try daemon.start()
            try daemon.wait(for: "StatusText") { $0.hasPrefix("1 of 2 hosts up") }
            let told = try daemon.waitForRecord("HOST_TAG=LATE", "PRIORITY=3")
            #expect(
                told["MESSAGE"]?.contains("address 10.99.0.9 is not on this machine (/etc/") == true
            )
            try daemon.container.succeed("ip", "address", "add", "10.99.0.9/32", "dev", "lo")
            try daemon.wait(for: "StatusText") { $0.hasPrefix("2 of 2 hosts up") }
            #expect(try daemon.property("NRestarts") == "0")
        }

        /// A code block of docs/OPERATING.md: the first that begins after a text.
        private static func example(after text: String) throws -> String {
            let page = try Command.succeed(
                ["cat", SystemdContainer.repository + "/docs/OPERATING.md"])
            let start = try #require(page.firstRange(of: text)?.upperBound)
            let blocks = page[start...].split(separator: "```\n", omittingEmptySubsequences: false)
            return String(try #require(blocks.dropFirst().first))
        }

        private func makeCertificate(_ subject: String, _ container: SystemdContainer) throws {
            try container.succeed(
                "sh", "-c",
                """
                mkdir -p \(Self.certificate) && cd \(Self.certificate) && \
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 \
                -subj '\(subject)' -addext subjectAltName=DNS:shop.test \
                -keyout privkey.pem -out fullchain.pem && chmod 600 privkey.pem
                """)
        }
    }
}
