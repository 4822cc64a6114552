import TestSupport
import Testing

extension SystemdScenarios {
    /// Address lists in files, for the service with the unit that we ship.
    @Suite struct AccessServiceScenarios {
        private static let list = "/etc/icshostd/deny.list"

        /// Whether a client inside is served whose address ends with a number.
        private func serves(_ daemon: InstalledDaemon, from source: UInt8) throws -> Bool {
            let client = try daemon.container.inNetwork {
                try PlainClient(to: "127.0.0.1", port: 7007, from: source)
            }
            return (try? client.echoes("hello")) ?? false
        }

        /// Replaces the list as an operator would.
        private func replace(_ text: String, in daemon: InstalledDaemon) throws {
            try daemon.container.write(text, to: Self.list + ".new")
            try daemon.container.succeed("mv", Self.list + ".new", Self.list)
        }

        @Test func aListIsReadAsTheUserOfTheServiceAndWatched() throws {
            let daemon = try InstalledDaemon(
                """
                [Host1]
                Hosts=plain.test
                HostTag=PLAIN
                BindIpAddr=127.0.0.1
                BindNonPort=7007
                DenyFrom=file:\(Self.list)
                Handler=echo

                """)
            let container = daemon.container
            try container.write("# nobody\n127.0.0.2\n", to: Self.list)
            try container.succeed("chmod", "600", Self.list)
            let check = try container.run(["icshostd", "check"])
            #expect(check.end == .exited(1))
            let remedy = "setfacl -m g:icshostd:r \(Self.list)"
            #expect(
                check.errors.contains(
                    "icshostd.conf:6:10: error: Host1 would be down: DenyFrom: cannot read \"\(Self.list)\": "
                        + "user icshostd may not read it: let the group icshostd read it: \(remedy)"
                ),
                "\(check.errors)")
            // What is printed is enough.
            try container.succeed("sh", "-c", remedy)
            let second = try container.run(["icshostd", "check"])
            #expect(second.end == .exited(0), "\(second.errors)")
            #expect(second.errors.contains("has 1 network"), "\(second.errors)")
            try daemon.start()
            #expect(try serves(daemon, from: 1))
            #expect(try !serves(daemon, from: 2))
            let record = try daemon.waitForRecord(
                "CLOSE_REASON=address-denied", "CLIENT_ADDRESS=127.0.0.2")
            #expect(record["HOST_TAG"] == "PLAIN")
            #expect(record["LIMIT"] == "DenyFrom")
            #expect(record["LIMIT_PLACE"] == "\(Self.list):2")
            try replace("127.0.0.1\n", in: daemon)
            try daemon.waitForRecord(
                "PRIORITY=5",
                "MESSAGE=the address list \"\(Self.list)\" is replaced: 1 network, before 1")
            #expect(try !serves(daemon, from: 1))
            #expect(try serves(daemon, from: 2))
            // A bad one is not used, and an operator sees it.
            try replace("127.0.0.2\nplain.test\n", in: daemon)
            try waitUntil("a record of the bad line") {
                try daemon.records("PRIORITY=3").contains {
                    $0["MESSAGE"]?.contains("\(Self.list):2:1: expected an address") == true
                }
            }
            #expect(try serves(daemon, from: 2))
            let status = try container.succeed("icshostd", "status")
            #expect(status.contains("stays as it was"), "\(status)")
            // Nor one that the service may not read.
            try container.write("127.0.0.2\n", to: Self.list + ".new")
            try container.succeed("chmod", "600", Self.list + ".new")
            try container.succeed("mv", Self.list + ".new", Self.list)
            try waitUntil("a record of the forbidden file") {
                try daemon.records("PRIORITY=3").contains {
                    $0["MESSAGE"]?.contains("user icshostd may not read it: let the group") == true
                }
            }
            #expect(try serves(daemon, from: 2))
        }
    }
}
