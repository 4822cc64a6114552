import Glibc
import HandlerAPI
import Handlers
import TestSupport
import Testing

/// That nothing is shipped which ``SystemdScenarios/ServedScenarios`` does not serve as installed.
@Suite struct ServedCoverageTests {
    @Test func everyBuiltinHandlerIsServedAsInstalled() {
        let known = Set(BuiltinHandlers.all.map { $0.name })
        #expect(Set(InstalledHosts.exercises.keys) == known, "see InstalledHosts.exercises")
    }

    /// Paths are what a locked down unit keeps from a handler.
    @Test func everyKeyThatNamesAPathIsUsedAsInstalled() {
        let lines = InstalledHosts.configuration.split(separator: "\n")
        for handler in BuiltinHandlers.all {
            for key in handler.keys.map(\.declaration) {
                guard case .path = key.kind else { continue }
                let isUsed = lines.contains { $0.hasPrefix("\(key.name)=") }
                #expect(isUsed, "InstalledHosts.configuration lacks \(key.name) of \(handler.name)")
            }
        }
    }

    @Test func everyExampleOfAUnitIsServedAsInstalled() throws {
        let directory = SystemdContainer.repository
        let files = try Command.succeed(["ls", "\(directory)/systemd"]).split(separator: "\n")
        let examples = files.map(String.init).filter {
            $0.hasSuffix(".conf") || $0.hasSuffix(".socket")
        }
        #expect(Set(examples) == Set(SystemdScenarios.ServedScenarios.examples))
        let makefile = try Command.succeed(["cat", "\(directory)/Makefile"]).split(separator: "\n")
        let installed = try #require(makefile.first { $0.hasPrefix("EXAMPLES ") })
        #expect(
            Set(installed.split(separator: " ").dropFirst(2).map(String.init)) == Set(examples))
    }
}

extension SystemdScenarios {
    /// Whatever a host can be made of, served by the release build under the unit that we ship.
    @Suite struct ServedScenarios {
        /// The examples that are shipped beside the unit, each tried below.
        static let examples = [
            "icshostd-exec.conf", "icshostd-memory.conf", "icshostd-notify-reload.conf",
            "icshostd.socket",
        ]

        /// What is told of the certificates of these hosts.
        private static let knownWarnings = ["clients get the self-signed", "is self-signed"]

        /// A drop-in may take a newer one.
        private static let systemdVersion: Int = {
            let text = (try? Command.succeed(["systemctl", "--version"])) ?? ""
            return text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        }()

        @Test func everyHandlerServesAfterStartReloadAndRestart() throws {
            let daemon = try InstalledHosts.install()
            try daemon.start()
            try exerciseAll(daemon)
            try daemon.configure(
                InstalledHosts.configuration.replacing("ServerHeader=first", with: ""))
            try daemon.container.succeed("systemctl", "reload", "icshostd")
            try exerciseAll(daemon)
            try daemon.container.succeed("systemctl", "restart", "icshostd")
            try exerciseAll(daemon)
            #expect(try daemon.property("NRestarts") == "0")
        }

        @Test func logrotateRotatesAccessLogsAndHarmsNobody() throws {
            let daemon = try InstalledHosts.install()
            try daemon.start()
            let container = daemon.container
            let program = try container.connect(to: 7001)
            #expect(try program.receive(atLeast: 8).count == 8)
            // Its name has no date in it, so it would grow for ever.
            try InstalledHosts.waitForLine("GET /before ", in: "plain.log", container) {
                _ = try InstalledHosts.get("/before", of: "old.test", container)
            }
            let rotation = try container.run(["logrotate", "-f", "/etc/logrotate.d/icshostd"])
            #expect(rotation.end == .exited(0), "\(rotation.errors)")
            #expect(rotation.errors.isEmpty)
            try InstalledHosts.waitForLine("GET /after ", in: "plain.log", container) {
                _ = try InstalledHosts.get("/after", of: "old.test", container)
            }
            try InstalledHosts.waitForLine("GET /before ", in: "plain.log.1", container)
            let owners = try container.succeed(
                "sh", "-c", "stat -c '%U %a' /var/log/icshostd /var/log/icshostd/plain.log*")
            #expect(owners == "icshostd 750\nicshostd 600\nicshostd 600\n")
            // The signal that opens logs anew would end it.
            #expect(try program.echoes("still here"))
        }

        @Test func theSocketUnitServes() throws {
            let daemon = try InstalledDaemon(
                """
                [Host1]
                Hosts=shop.test
                BindIpAddr=0.0.0.0,::
                BindNonPort=7000
                BindSslPort=7443
                Handler=echo

                """)
            try daemon.useExample("icshostd.socket", in: "")
            try daemon.container.succeed("systemctl", "enable", "--now", "icshostd.socket")
            #expect(try daemon.container.connect(to: 7000).echoes("the first client starts it"))
            try daemon.wait(for: "StatusText") { $0.hasPrefix("1 of 1 host up, 4 listeners") }
        }

        @Test func theDropInForProgramsOfOthersServes() throws {
            let daemon = try InstalledDaemon(
                """
                [Host1]
                Hosts=*
                HostTag=PROGRAM
                BindIpAddr=127.0.0.1
                BindNonPort=7001
                Handler=exec
                Exec=/bin/sh -c "id -un; nice"
                ExecUser=nobody
                ExecNice=3

                """)
            try daemon.useExample("icshostd-exec.conf")
            let check = try daemon.container.run(["icshostd", "check", "--strict"])
            #expect(check.end == .exited(0), "\(check.errors)")
            try daemon.start()
            #expect(try daemon.container.connect(to: 7001).receiveText() == "nobody\n3\n")
        }

        @Test func theDropInForMemoryServes() throws {
            let daemon = try InstalledDaemon()
            try daemon.useExample("icshostd-memory.conf")
            try daemon.start()
            #expect(try daemon.container.connect(to: 7007).echoes("within its memory"))
            for limit in ["MemoryHigh", "MemoryMax"] {
                #expect(try daemon.property(limit) != "infinity")
            }
        }

        @Test(
            .enabled(
                if: systemdVersion >= 254, "SKIPPED: Type=notify-reload takes systemd 254"))
        func theDropInForReloadsServes() throws {
            let daemon = try InstalledDaemon()
            try daemon.useExample("icshostd-notify-reload.conf")
            try daemon.start()
            try daemon.container.succeed("systemctl", "reload", "icshostd")
            #expect(try daemon.container.connect(to: 7007).echoes("reloaded"))
            #expect(try daemon.property("Type") == "notify-reload")
        }

        private func exerciseAll(_ daemon: InstalledDaemon) throws {
            let count = InstalledHosts.configuration.split(separator: "\n").count {
                $0.hasPrefix("[Host")
            }
            try daemon.wait(for: "StatusText") { $0.hasPrefix("\(count) of \(count) hosts up") }
            for (name, exercise) in InstalledHosts.exercises {
                do {
                    try exercise(daemon.container)
                } catch {
                    Issue.record("\(name): \(error)")
                }
            }
            let records = try daemon.records("_SYSTEMD_UNIT=icshostd.service")
            // Not what systemctl reload runs, which speaks to a terminal.
            let daemons = Set(records.filter { $0["MESSAGE_ID"] != nil }.compactMap { $0["_PID"] })
            for record in records where record["_PID"].map(daemons.contains) == true {
                let message = record["MESSAGE"] ?? ""
                // What a library writes to standard error has none.
                #expect(record["MESSAGE_ID"] != nil, "not a record of ours: \(message)")
                let isTrouble = Int(record["PRIORITY"] ?? "").map { $0 <= 4 } ?? true
                let isKnown = Self.knownWarnings.contains { message.contains($0) }
                #expect(!isTrouble || isKnown, "\(message)")
            }
        }
    }
}

extension InstalledDaemon {
    /// Copies an example from where `make install` puts it, as it says itself.
    func useExample(_ name: String, in folder: String = "/icshostd.service.d") throws {
        let target = "/etc/systemd/system" + folder
        try container.succeed("mkdir", "-p", target)
        try container.succeed("cp", "/usr/share/icshostd/\(name)", target)
        try container.succeed("systemctl", "daemon-reload")
    }
}
