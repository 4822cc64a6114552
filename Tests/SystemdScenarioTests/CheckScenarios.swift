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
                    "icshostd.conf:11:11: warning: Host2 would be left out: \(trouble)"))
            try daemon.wait(for: "StatusText") { $0.hasPrefix("1 of 2 hosts up, 1 listener, ") }
            try waitUntil("the trouble of the host") {
                try daemon.records("HOST_TAG=LOCAL").contains {
                    $0["MESSAGE"]?.hasPrefix("host LOCAL is left out: \(trouble)") == true
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
                    "icshostd.conf:5:13: note: 127.0.0.1:7007 is held by \"systemd\", which keeps it "
                        + "for a service: Host1 gets it if that is icshostd"), "\(waiting.errors)")
            #expect(!waiting.errors.contains(":5:13: warning"))
            try daemon.start()
            #expect(!(try Self.check(daemon).errors.contains("7007")))
        }
    }
}
