import TestSupport
import Testing

extension SystemdScenarios {
    /// What breaks around the daemon, which serves on and says so.
    @Suite struct FaultScenarios {
        private static let configuration =
            "[Server]\nWorkers=1\nLogLevel=debug\n" + InstalledDaemon.plainAndShop

        @Test func aStoppedJournalIsMissedByNobody() throws {
            let daemon = try InstalledDaemon(Self.configuration)
            try daemon.start()
            let units = ["systemd-journald.socket", "systemd-journald-dev-log.socket"]
            _ = try daemon.container.run(
                ["systemctl", "stop"] + units + ["systemd-journald.service"])
            try serve(1_000, daemon)
            try daemon.wait(for: "StatusText") { $0.contains("the journal ") }
            #expect(try daemon.property("NRestarts") == "0")
            _ = try daemon.container.run(
                ["systemctl", "start"] + units + ["systemd-journald.service"])
            try serve(5, daemon)
            try daemon.waitForRecord("MESSAGE_ID=5bb98473546e4766bf4b3cdc326dadc3")
        }

        @Test func aFrozenJournalIsWaitedForByNobody() throws {
            let daemon = try InstalledDaemon(Self.configuration)
            try daemon.start()
            try daemon.container.succeed("systemctl", "kill", "-s", "STOP", "systemd-journald")
            try serve(6_000, daemon)
            try daemon.wait(for: "StatusText") { $0.contains("the journal is silent! ") }
            #expect(try daemon.property("NRestarts") == "0")
            try daemon.container.succeed("systemctl", "kill", "-s", "CONT", "systemd-journald")
            try daemon.wait(for: "StatusText") { !$0.contains("the journal") }
        }

        @Test func aReadOnlyStateDirectoryCostsNobodyHisClients() throws {
            let daemon = try InstalledDaemon(Self.configuration)
            try daemon.addDropIn("[Service]\nReadOnlyPaths=/var/lib/icshostd\n")
            try daemon.start()
            try serve(5, daemon)
            let client = try TLSClient(over: daemon.container.connect(to: 443), name: "shop.test")
            #expect(try client.echoes("hello"))
            let record = try daemon.waitForRecord(
                "HOST_TAG=SHOP", "MESSAGE_ID=ace274ac53134164acd2eaa72816cbfc")
            #expect(record["MESSAGE"]?.contains("read-only file system") == true)
        }

        @Test func aFullDiskCostsNobodyHisClients() throws {
            let daemon = try InstalledDaemon(Self.configuration)
            let container = daemon.container
            let state = "/var/lib/icshostd"
            try container.succeed("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", state)
            _ = try container.run(["dd", "if=/dev/zero", "of=\(state)/full", "bs=4k"])
            try daemon.start()
            try serve(5, daemon)
            let client = try TLSClient(over: daemon.container.connect(to: 443), name: "shop.test")
            #expect(try client.echoes("hello"))
            let record = try daemon.waitForRecord(
                "HOST_TAG=SHOP", "MESSAGE_ID=ace274ac53134164acd2eaa72816cbfc")
            #expect(record["MESSAGE"]?.contains("no space left on device") == true)
            let left = try container.succeed("find", state, "-type", "f", "!", "-name", "full")
            #expect(left == "")
        }

        @Test func aMissingRuntimeDirectoryCostsTheControlSocket() throws {
            let daemon = try InstalledDaemon(Self.configuration)
            try daemon.addDropIn("[Service]\nRuntimeDirectory=\n")
            try daemon.container.succeed("rm", "-rf", "/run/icshostd")
            try daemon.start()
            try serve(5, daemon)
            try daemon.waitForRecord("MESSAGE_ID=89a4e7e2cdcc4e0d87f6f2b2c1b6639f", "PRIORITY=4")
            #expect(try daemon.container.run(["icshostd", "status"]).end == .exited(3))
        }

        @Test func aRuntimeDirectoryThatVanishesCostsTheControlSocket() throws {
            let daemon = try InstalledDaemon(Self.configuration)
            try daemon.start()
            #expect(try daemon.container.run(["icshostd", "status"]).end == .exited(0))
            try daemon.container.succeed("rm", "-rf", "/run/icshostd")
            try serve(5, daemon)
            #expect(try daemon.container.run(["icshostd", "status"]).end == .exited(3))
            try daemon.container.succeed("systemctl", "stop", "icshostd")
            #expect(try daemon.property("Result") == "success")
        }

        @Test func aBlockedLoopIsNamedBeforeTheWatchdogEndsIt() throws {
            let blocking = """
                [Host3]
                Hosts=*
                HostTag=STUCK
                BindIpAddr=127.0.0.1
                BindNonPort=7008
                Handler=blocking

                """
            let daemon = try InstalledDaemon(
                Self.configuration + blocking, binary: "\(Icshostd.directory)/BlockingDaemon")
            // Dumping core of a debug build takes longer than the test.
            try daemon.addDropIn("[Service]\nWatchdogSec=6\nLimitCORE=0\n")
            try daemon.start()
            let process = try daemon.property("MainPID")
            let client = try daemon.container.connect(to: 7008)
            try client.send("x")
            let record = try daemon.waitForRecord("HOST_TAG=STUCK", "LOOP=0")
            #expect(record["HANDLER"] == "blocking")
            #expect(
                record["MESSAGE"]?.contains("handler blocking of host STUCK was at work last")
                    == true)
            #expect(try daemon.property("MainPID") == process)
            try daemon.wait(for: "NRestarts") { $0 == "1" }
            try daemon.wait(for: "ActiveState") { $0 == "active" }
            try serve(5, daemon)
        }

        /// Connects again and again to the plain host, each time for an echo.
        private func serve(_ count: Int, _ daemon: InstalledDaemon) throws {
            try daemon.container.inNetwork {
                for number in 0..<count {
                    let client = try PlainClient(to: "127.0.0.1", port: 7007)
                    guard try client.echoes("\(number)") else { throw TestFailure("no echo") }
                    client.endOutput()
                    _ = try client.receiveAll()
                }
            }
        }
    }
}
