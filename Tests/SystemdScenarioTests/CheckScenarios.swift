import TestSupport
import Testing

extension SystemdScenarios {
    /// `icshostd check` as root, about what the user of the service may do and what systemd holds for it.
    @Suite struct CheckScenarios {
        private static func configuration(owner: String) -> String {
            """
            [Host1]
            Hosts=shop.test
            HostTag=SHOP
            BindIpAddr=127.0.0.1
            BindNonPort=7007
            Handler=echo
            [Host2]
            Hosts=local.test
            HostTag=LOCAL
            BindIpAddr=unix:/run/icshostd/local.sock
            UnixOwner=\(owner)
            Handler=echo

            """
        }

        private static func check(_ daemon: InstalledDaemon) throws -> Command {
            try daemon.container.run(["icshostd", "check", "/etc/icshostd/icshostd.conf"])
        }

        /// Root could give the file to anybody, the service only to a group that it is in.
        @Test func theServiceGivesFilesToItsOwnGroupsOnly() throws {
            let daemon = try InstalledDaemon(Self.configuration(owner: "daemon"))
            try daemon.start()
            let trouble = "unix:/run/icshostd/local.sock cannot be given to UnixOwner"
            #expect(
                try Self.check(daemon).errors.contains(
                    "icshostd.conf:11:11: warning: Host2 would be down: \(trouble)"))
            try daemon.wait(for: "StatusText") { $0.hasPrefix("1 of 2 hosts up, 1 listener, ") }
            try waitUntil("the trouble of the host") {
                try daemon.records("HOST_TAG=LOCAL").contains {
                    $0["MESSAGE"]?.hasPrefix("host LOCAL is down: \(trouble)") == true
                }
            }
            try daemon.container.succeed("usermod", "-aG", "daemon", "icshostd")
            try daemon.configure(Self.configuration(owner: ":daemon"))
            #expect(!(try Self.check(daemon).errors.contains("warning: Host2 would")))
            try daemon.container.succeed("systemctl", "restart", "icshostd")
            try daemon.wait(for: "StatusText") { $0.hasPrefix("2 of 2 hosts up, 2 listeners, ") }
            let owner = try daemon.container.succeed(
                "stat", "-c", "%U:%G", "/run/icshostd/local.sock")
            #expect(owner == "icshostd:daemon\n")
        }

        /// Root may write there and see it, the locked down service not.
        @Test func whatTheUnitForbidsIsToldWithTheRemedy() throws {
            let configuration = """
                [Server]
                StateDirectory=/srv/state
                [Host1]
                Hosts=a.test
                BindIpAddr=127.0.0.1,unix:/srv/app/a.sock
                BindNonPort=80
                Handler=web
                WebDocDir=/srv/web
                WebLogDir=/srv/logs
                [Host2]
                Hosts=b.test
                BindIpAddr=127.0.0.1
                BindNonPort=81
                Handler=web
                WebDocDir=/tmp/web
                [Host3]
                Hosts=c.test
                BindIpAddr=127.0.0.1
                BindNonPort=82
                Handler=exec
                Exec=/bin/true
                ExecNice=3

                """
            let daemon = try InstalledDaemon(configuration)
            try daemon.container.succeed(
                "sh", "-c",
                "mkdir -p /srv/state /srv/app /srv/logs /srv/web /tmp/web && chown icshostd /srv/*")
            let check = try Self.check(daemon)
            #expect(check.end == .exited(1))
            func remedy(_ directory: String) -> String {
                "\(directory) is read-only for icshostd.service (ProtectSystem=strict): add "
                    + "ReadWritePaths=\(directory) to it (systemctl edit icshostd.service)"
            }
            for text in [
                ":2:16: warning: StateDirectory: " + remedy("/srv/state"),
                "Host1 cannot be reached at unix:/srv/app/a.sock: " + remedy("/srv/app"),
                ":9:11: warning: Host1: WebLogDir: " + remedy("/srv/logs"),
                ":15:11: error: Host2: WebDocDir: /tmp/web is hidden from icshostd.service "
                    + "(PrivateTmp=yes): use another directory",
                ":22:10: error: Host3 would be down: ExecNice: not permitted: SystemCallFilter= of "
                    + "the unit has no setpriority, see icshostd-exec.conf",
            ] {
                #expect(check.errors.contains(text), "\(text)\n\(check.errors)")
            }
            // The service itself finds the same.
            try daemon.configure(
                configuration
                    + "[Host4]\nHosts=*\nBindIpAddr=127.0.0.1\nBindNonPort=83\nHandler=echo\n")
            try daemon.start()
            try daemon.wait(for: "StatusText") { $0.hasPrefix("1 of 4 hosts up") }
            let told = try daemon.records("PRIORITY=3").compactMap { $0["MESSAGE"] }
            #expect(told.contains { $0.contains("cannot listen on unix:/srv/app/a.sock") })
            #expect(told.contains { $0.contains("ExecNice: not permitted") })
            // And with what the remedies say it serves.
            try daemon.addDropIn("[Service]\nReadWritePaths=/srv/state /srv/app /srv/logs\n")
            #expect(!(try Self.check(daemon).errors.contains("read-only")))
            try daemon.container.succeed("systemctl", "restart", "icshostd")
            try daemon.wait(for: "StatusText") { $0.hasPrefix("2 of 4 hosts up") }
        }

        /// What systemd holds for the service is nobody else's, whether the service runs or not.
        @Test func socketsThatSystemdHoldsAreNotInTheWay() throws {
            let daemon = try InstalledDaemon(
                Self.configuration(owner: "icshostd").replacing("UnixOwner=icshostd\n", with: ""))
            try daemon.container.write(
                "[Socket]\nListenStream=127.0.0.1:7007\n",
                to: "/etc/systemd/system/icshostd.socket")
            try daemon.container.succeed("systemctl", "daemon-reload")
            try daemon.container.succeed("systemctl", "start", "icshostd.socket")
            let waiting = try Self.check(daemon)
            #expect(waiting.end == .exited(0))
            #expect(
                waiting.errors.contains(
                    "icshostd.conf:5:13: note: 127.0.0.1:7007 is held by \"systemd\", which passes it "
                        + "to a service: Host1 can use it if that service is icshostd"),
                "\(waiting.errors)")
            #expect(!waiting.errors.contains(":5:13: warning"))
            try daemon.start()
            #expect(!(try Self.check(daemon).errors.contains("7007")))
        }
    }
}
