import TestSupport
import Testing

extension SystemdScenarios {
    /// systemd listens in place of the daemon.
    @Suite struct SocketUnitScenarios {
        @Test func theShippedUnitStartsTheServiceWithTheFirstClient() throws {
            let daemon = try InstalledDaemon(
                """
                [Host1]
                Hosts=shop.test
                HostTag=SHOP
                BindIpAddr=0.0.0.0,::
                BindNonPort=7000
                BindSslPort=7443
                Handler=echo

                """)
            let container = daemon.container
            try container.succeed(
                "cp", "/usr/share/icshostd/icshostd.socket", "/etc/systemd/system/")
            try container.succeed("systemctl", "daemon-reload")
            try container.succeed("systemctl", "enable", "--now", "icshostd.socket")
            #expect(try daemon.property("ActiveState") == "inactive")
            for _ in 0..<2 {
                #expect(try container.connect(to: 7000).echoes("starts it"))
                let tls = try TLSClient(over: container.connect(to: 7443), name: "shop.test")
                #expect(try tls.echoes("is there"))
                try daemon.wait(for: "ActiveState") { $0 == "active" }
                try daemon.wait(for: "StatusText") { $0.hasPrefix("1 of 1 host up, 4 listeners") }
                // They are the unit's, which keeps them anyway.
                #expect(try daemon.property("NFileDescriptorStore") == "0")
                try container.succeed("systemctl", "stop", "icshostd.service")
            }
        }

        /// What `ListenStream=7000` makes, unless BindIPv6Only= says otherwise.
        @Test func oneSocketForBothFamiliesServesBoth() throws {
            let daemon = try InstalledDaemon(
                "[Host1]\nHosts=*\nBindIpAddr=0.0.0.0,::\nBindNonPort=7000\nHandler=echo\n")
            let container = daemon.container
            try container.write(
                "[Socket]\nListenStream=7000\n", to: "/etc/systemd/system/icshostd.socket")
            try container.succeed("systemctl", "daemon-reload")
            try container.succeed("systemctl", "start", "icshostd.socket")
            for address in ["127.0.0.1", "::1", "127.0.0.1"] {
                let client = try container.inNetwork { try PlainClient(to: address, port: 7000) }
                #expect(try client.echoes("by \(address)"))
            }
            let check = try container.run(["icshostd", "check"])
            #expect(check.end == .exited(0))
            #expect(!check.errors.contains("7000"), "\(check.errors)")
            try daemon.wait(for: "StatusText") { $0.hasPrefix("1 of 1 host up") }
        }

        /// systemd passes the sockets of several units in an order that changes from start to start.
        @Test func severalUnitsAreTakenByTheirAddresses() throws {
            let hosts = [
                ("ONE", "7001", "echo"), ("TWO", "7002", "daytime"), ("OWN", "7003", "echo"),
            ]
            let daemon = try InstalledDaemon(
                hosts.map { tag, port, handler in
                    "[Host \(tag)]\nHosts=*\nBindIpAddr=127.0.0.1\nBindNonPort=\(port)\n"
                        + "Handler=\(handler)\n"
                }.joined()
                    + "[Host PATH]\nHosts=*\nBindIpAddr=unix:/run/path.sock\nHandler=discard\n")
            let container = daemon.container
            let units = [
                ("one", "127.0.0.1:7001"), ("two", "127.0.0.1:7002"), ("path", "/run/path.sock"),
            ]
            for (name, address) in units {
                try container.write(
                    "[Socket]\nListenStream=\(address)\nService=icshostd.service\n"
                        + "FileDescriptorName=\(name)\n",
                    to: "/etc/systemd/system/icshostd-\(name).socket")
            }
            try container.succeed("systemctl", "daemon-reload")
            for (name, _) in units {
                try container.succeed("systemctl", "start", "icshostd-\(name).socket")
            }
            for round in 1...8 {
                try container.succeed("systemctl", "restart", "icshostd")
                try daemon.wait(for: "StatusText") { $0.hasPrefix("4 of 4 hosts up, 4 listeners") }
                #expect(try container.connect(to: 7001).echoes("round \(round)"))
                #expect(try container.connect(to: 7002).receiveText().contains(":"))
                #expect(try container.connect(to: 7003).echoes("bound here"))
                // Only the one that is our own is kept for the next process.
                try daemon.wait(for: "NFileDescriptorStore") { $0 == "1" }
            }
            #expect(try daemon.records("PRIORITY=3").isEmpty)
        }
    }
}
