import TestSupport
import Testing

extension SystemdScenarios {
    /// What an operator finds in the journal.
    @Suite struct JournalScenarios {
        private static let configuration = """
            [Server]
            HandshakeTimeout=200ms

            """ + InstalledDaemon.shop

        @Test func aSilentClientIsFoundByHostAndReason() throws {
            let daemon = try InstalledDaemon(Self.configuration)
            try daemon.start()
            let client = try daemon.container.connect(to: 443)
            #expect(try client.receiveAll() == [])
            let record = try daemon.waitForRecord("HOST_TAG=SHOP", "CLOSE_REASON=handshake-timeout")
            #expect(record["CLIENT_ADDRESS"] == "127.0.0.1")
            #expect(record["LISTENER"] == "127.0.0.1:443 ssl")
            #expect(record["MESSAGE_ID"] == "8e261c601cab40619441768aa611d590")
        }

        @Test func theCatalogExplainsEachRecord() throws {
            let daemon = try InstalledDaemon(Self.configuration)
            try daemon.start()
            _ = try daemon.container.connect(to: 443).receiveAll()
            try daemon.waitForRecord("CLOSE_REASON=handshake-timeout")
            let text = try daemon.container.succeed(
                "journalctl", "-u", "icshostd", "-x", "--no-pager")
            #expect(text.contains("Subject: Host SHOP is up\n"))
            #expect(text.contains("What to do: Nothing. icshostd status shows the host"))
            #expect(text.contains("What to do: Reproduce it: openssl"))
            let ids = Set(try daemon.records().compactMap { $0["MESSAGE_ID"] })
            let known = try daemon.container.succeed("journalctl", "--list-catalog", "--no-pager")
            for record in try daemon.records() where record["_SYSTEMD_UNIT"] == "icshostd.service" {
                let id = try #require(record["MESSAGE_ID"], "\(record["MESSAGE"] ?? "")")
                #expect(known.contains(id))
            }
            #expect(ids.count > 5)
        }

        @Test func aFloodIsFolded() throws {
            let daemon = try InstalledDaemon(Self.configuration)
            try daemon.start()
            let clients = try daemon.container.inNetwork {
                try (0..<100).map { _ in try PlainClient(to: "127.0.0.1", port: 443) }
            }
            for client in clients { _ = try client.receiveAll() }
            try daemon.container.succeed("systemctl", "stop", "icshostd")
            let records = try daemon.records("CLOSE_REASON=handshake-timeout")
            #expect(records.count < 30)
            let sum = try #require(records.last { $0["EVENT_COUNT"] != nil })
            #expect(sum["CLIENT_NETWORK"] == "127.0.0.0/24")
            #expect(sum["HOST_TAG"] == "SHOP")
            #expect(
                sum["MESSAGE"]?.hasSuffix(
                    " handshakes with SHOP failed from 127.0.0.0/24 in 10 s: timed out")
                    == true)
        }

        @Test func aMistakeIsFoundByItsHost() throws {
            let daemon = try InstalledDaemon(
                Self.configuration + "NoSuchKey=1\n[Server]\nNoKey=1\n")
            let command = try daemon.container.run(["systemctl", "start", "icshostd"])
            #expect(command.end != .exited(0))
            let record = try daemon.waitForRecord("HOST_TAG=SHOP", "PRIORITY=3")
            #expect(
                record["MESSAGE"]?.contains("/etc/icshostd/icshostd.conf:10:1: error: ") == true)
            #expect(try daemon.records("HOST_TAG=SHOP", "PRIORITY=3").count == 1)
        }
    }
}
