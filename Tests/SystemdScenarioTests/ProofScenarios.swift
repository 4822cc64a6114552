import TestSupport
import Testing

extension SystemdScenarios {
    /// Reload, restart and crash while clients come, go and stay: who may be lost, and who not.
    @Suite struct ProofScenarios {
        private static let loaded =
            "[Server]\nDrainTimeout=1\n" + InstalledDaemon.plainAndShop
        private static let other = """
            [Host3]
            Hosts=other.test
            HostTag=OTHER
            BindIpAddr=127.0.0.1
            BindNonPort=7008
            Handler=daytime

            """

        @Test func twoHundredReloadsLoseNobody() throws {
            let (daemon, load) = try begin()
            try daemon.container.write(Self.loaded, to: "/etc/icshostd/0")
            try daemon.container.write(Self.loaded + Self.other, to: "/etc/icshostd/1")
            for round in 1...200 {
                try daemon.container.succeed(
                    "sh", "-c",
                    "cp /etc/icshostd/\(round % 2) /etc/icshostd/icshostd.conf && "
                        + "systemctl reload icshostd")
            }
            try load.waitForRound()
            let record = load.end()
            print("200 reloads: \(record.summary)")
            #expect(record.losses == [])
            #expect(try daemon.property("NRestarts") == "0")
            let text = try daemon.container.succeed("icshostd", "status", "--json")
            #expect(text.contains("\"generation\": 201,"))
        }

        @Test func twentyRestartsRefuseAndResetNobody() throws {
            let (daemon, load) = try begin()
            for _ in 1...20 {
                try daemon.container.succeed("systemctl", "restart", "icshostd")
                try load.waitForRound()
            }
            let record = load.end()
            print("20 restarts with DrainTimeout=1: \(record.summary)")
            #expect(record.losses.filter { $0.kind != .ended } == [])
            // Those who stay are let go when the drain is over, and who came for one echo gets it
            // unless it takes as long.
            let drained = record.losses(.ended)
            #expect(drained.filter { !$0.isLong && $0.lost - $0.begun < .seconds(1) } == [])
            #expect(drained.count { $0.isLong } >= 20)
        }

        @Test func twentyKillsLoseOnlyWhoIsInFlight() throws {
            let (daemon, load) = try begin()
            var dead: [(from: ContinuousClock.Instant, to: ContinuousClock.Instant)] = []
            for round in 1...20 {
                let process = try daemon.property("MainPID")
                let killed = ContinuousClock.now
                try daemon.container.succeed(
                    "sh", "-c", "kill -9 \(process); while kill -0 \(process); do :; done 2>&-")
                dead.append((killed, .now))
                try daemon.wait(for: "NRestarts") { $0 == "\(round)" }
                try daemon.wait(for: "ActiveState") { $0 == "active" }
                try load.waitForRound()
            }
            let record = load.end()
            print("20 kills: \(record.summary)")
            #expect(record.losses(.refused) == [])
            let late = record.losses.filter { loss in
                !dead.contains { loss.begun < $0.to && $0.from < loss.lost }
            }
            #expect(late == [])
            #expect(!record.losses.isEmpty)
        }

        @Test func twentyBrokenFilesChangeNothing() throws {
            let (daemon, load) = try begin()
            for (text, _) in Self.mistakes {
                try daemon.configure(Self.loaded + text)
                let command = try daemon.container.run(["systemctl", "reload", "icshostd"])
                #expect(command.end != .exited(0), "\(text)")
                try daemon.wait(for: "StatusText") {
                    $0.hasPrefix("reload failed at 20")
                        && $0.contains(", running configuration of 20")
                }
                #expect(try daemon.property("ActiveState") == "active")
            }
            try load.waitForRound()
            let record = load.end()
            print("20 broken files: \(record.summary)")
            #expect(record.losses == [])
            let told = try daemon.records("PRIORITY=3").compactMap { $0["MESSAGE"] }
            for (text, place) in Self.mistakes {
                let wanted = "/etc/icshostd/icshostd.conf:\(place)"
                #expect(told.count { $0.hasPrefix(wanted) } == 1, "\(text): \(wanted)")
            }
            let failed = told.filter { $0 == "reload failed: nothing has changed" }
            #expect(failed.count == Self.mistakes.count)
        }

        /// What is written below the good file, and what the journal then says of which place.
        private static let mistakes = [
            ("NoSuchKey=1", "15:1: error: unknown key "),
            ("[Host3", "15:1: error: a section must end "),
            ("[Nonsense]", "15:1: error: unknown section "),
            ("BindNonPort=70000", "15:13: error: BindNonPort must be a port "),
            ("Just a line", "15:1: error: a line must be "),
            ("=value", "15:1: error: a key must come before "),
            ("HostEnabled=Perhaps", "15:13: error: HostEnabled must be one of "),
            ("SslSecLevel=sslSecTop", "15:13: error: SslSecLevel must be one of "),
            ("DrainTimeout=soon", "15:14: error: DrainTimeout must be a time "),
            ("Hosts=twice.test", "15:1: error: Hosts is given twice"),
            ("[Host2]", "15:1: error: [Host2] is given twice"),
            ("UnixMode=9999", "15:10: error: UnixMode must be "),
            ("Include=more.conf", "15:1: error: Include belongs in [Server]"),
            ("[Server]\nMaxClients=-1", "16:12: error: MaxClients must be "),
            ("[Server]\nLogLevel=loud", "16:10: error: LogLevel must be "),
            (host("Handler=echo\nBindIpAddr=300.0.0.1"), "18:12: error: BindIpAddr must be "),
            (host("Handler=echo\nBindIpAddr=127.0.0.1\nHosts=a b"), "19:7: error: Hosts must be "),
            (
                host("Handler=echo\nBindIpAddr=127.0.0.1\nHosts=shop.test\nBindSslPort=443"),
                "19:7: error: \"shop.test\" is already "
            ),
            (
                host("Handler=echo\nBindIpAddr=127.0.0.1\nHosts=*\nBindSslPort=7007"),
                "20:13: error: 127.0.0.1:7007 cannot be SSL here "
            ),
            (
                host("Handler=exec\nBindIpAddr=127.0.0.1\nHosts=*\nBindNonPort=7009"),
                "15:1: error: Exec: name the program"
            ),
        ]

        private static func host(_ lines: String) -> String {
            "[Host3]\nHostTag=THIRD\n\(lines)"
        }

        /// The daemon, and clients that it serves.
        private func begin() throws -> (InstalledDaemon, Load) {
            let daemon = try InstalledDaemon(Self.loaded)
            try daemon.start()
            return (daemon, try Load(on: daemon.container, plainPort: 7007, tlsPort: 443))
        }
    }
}

extension Load.Record {
    /// Its numbers in a line.
    fileprivate var summary: String {
        let ended = losses(.ended)
        return "\(echoes.values.reduce(0, +)) echoes, \(losses(.refused).count) refused, "
            + "\(losses(.reset).count) reset, \(losses(.broken).count) broken, "
            + "\(ended.count { $0.isLong }) long and \(ended.count { !$0.isLong }) short ones ended; "
            + "the longest wait of a newcomer \(longestWait)"
    }
}
