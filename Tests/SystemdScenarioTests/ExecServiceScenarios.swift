import TestSupport
import Testing

extension SystemdScenarios {
    /// Programs under the unit that we ship, and with the drop-in for other users.
    @Suite struct ExecServiceScenarios {
        private func daemon(_ keys: String) throws -> InstalledDaemon {
            try InstalledDaemon(
                """
                [Host1]
                Hosts=a.test
                HostTag=PROGRAM
                BindIpAddr=127.0.0.1
                BindNonPort=7007
                Handler=exec
                Exec=/bin/sh -c "id -un; grep -E '^Cap(Eff|Amb)' /proc/self/status; echo said >&2"
                \(keys)
                [Host2]
                Hosts=b.test
                BindIpAddr=127.0.0.1
                BindNonPort=7008
                Handler=echo

                """)
        }

        private static let noRights = "CapEff:\t0000000000000000\nCapAmb:\t0000000000000000\n"

        @Test func aProgramHasNoneOfTheRightsOfTheService() throws {
            let daemon = try daemon("")
            try daemon.start()
            let text = try daemon.container.connect(to: 7007).receiveText()
            #expect(text == "icshostd\n" + Self.noRights)
            let record = try daemon.waitForRecord("HOST_TAG=PROGRAM", "HANDLER=exec", "PRIORITY=6")
            #expect(record["MESSAGE"]?.hasSuffix(": said") == true)
            #expect(record["CLIENT_ADDRESS"] == "127.0.0.1")
        }

        @Test func aProgramOfAnotherUserTakesTheDropIn() throws {
            let daemon = try daemon("ExecUser=nobody\nExecKillTime=200ms")
            try daemon.start()
            try daemon.wait(for: "StatusText") { $0.hasPrefix("1 of 2 hosts up") }
            let without = try daemon.waitForRecord("HOST_TAG=PROGRAM", "PRIORITY=3")
            #expect(
                without["MESSAGE"]?.contains("it takes CAP_SETUID, CAP_SETGID, CAP_KILL") == true)
            let check = try daemon.container.run(["icshostd", "check"])
            #expect(check.end == .exited(1))
            #expect(check.errors.contains("see icshostd-exec.conf\n"))
            try daemon.addDropIn(
                try Command.succeed(
                    ["cat", SystemdContainer.repository + "/systemd/icshostd-exec.conf"]),
                named: "exec")
            let good = try daemon.container.run(["icshostd", "check"])
            #expect(good.end == .exited(0), "\(good.errors)")
            try daemon.container.succeed("systemctl", "restart", "icshostd")
            try daemon.wait(for: "StatusText") { $0.hasPrefix("2 of 2 hosts up") }
            let text = try daemon.container.connect(to: 7007).receiveText()
            #expect(text == "nobody\n" + Self.noRights)
        }
    }
}
