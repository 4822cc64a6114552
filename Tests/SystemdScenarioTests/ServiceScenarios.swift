import TestSupport
import Testing

extension SystemdScenarios {
    /// The life of the service, from start to stop.
    @Suite struct ServiceScenarios {
        @Test func startWaitsUntilClientsAreServedAndStopUntilTheyAreDone() throws {
            let daemon = try InstalledDaemon()
            try daemon.start()
            let plain = try daemon.container.connect(to: 7007)
            #expect(try plain.echoes("hello"))
            #expect(try daemon.property("User") == "icshostd")
            try daemon.wait(for: "StatusText") { $0.hasPrefix("1 of 1 host up, 2 listeners, ") }
            plain.endOutput()
            #expect(try plain.receiveAll() == [])
            let tls = try TLSClient(over: daemon.container.connect(to: 443), name: "shop.test")
            #expect(try tls.echoes("hello"))
            tls.endOutput()
            #expect(try tls.receiveAll() == [])
            try daemon.container.succeed("systemctl", "stop", "icshostd")
            #expect(try daemon.property("Result") == "success")
            #expect(try daemon.property("ExecMainStatus") == "0")
        }

        @Test func recordsAreFoundByHost() throws {
            let daemon = try InstalledDaemon()
            try daemon.start()
            let up = try daemon.waitForRecord("HOST_TAG=SHOP", "MESSAGE=host SHOP is up")
            #expect(up["_SYSTEMD_UNIT"] == "icshostd.service")
            #expect(up["PRIORITY"] == "6")
            #expect(try daemon.records("HOST_TAG=OTHER").isEmpty)
        }
    }
}
