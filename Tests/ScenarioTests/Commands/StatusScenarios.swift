import Foundation
import Glibc
import TestSupport
import Testing

/// What `icshostd status` and `STATUS=` say of hosts that serve and cannot do all that they should.
@Suite struct StatusScenarios {
    /// Two hosts of one tag, one of them a proxy with a target that nobody is at.
    private static func configuration(_ dead: ReservedPort, _ keys: String = "") -> String {
        """
        [Server]
        LogLevel=info
        [Host1]
        Hosts=a.test
        HostTag=SHOP
        BindIpAddr=127.0.0.1
        BindNonPort=auto
        Handler=proxy
        TarFall=1
        TarRise=1
        \(keys)
        [Target1]
        HostTag=SHOP
        TarHost=127.0.0.1
        TarPort=\(dead.number)
        [Host2]
        Hosts=b.test
        HostTag=SHOP
        BindIpAddr=127.0.0.1
        BindNonPort=auto
        Handler=echo

        """
    }

    private static func status(_ daemon: DaemonProcess, _ words: String...) throws -> String {
        try Command(
            [Icshostd.path, "status", "--control-socket", daemon.controlPath] + words
        ).output
    }

    @Test func aHostWhoseTargetIsDownIsDegradedUntilItIsUp() throws {
        let dead = try ReservedPort()
        let daemon = try DaemonProcess(Self.configuration(dead, "TarCheck=50ms"))
        let address = "127.0.0.1:\(dead.number)"
        try daemon.waitForStatus("2 of 2 hosts up, 1 degraded, 2 listeners, ")
        let text = try Self.status(daemon)
        let reason = "its only target is down: \(address) [Target1]"
        #expect(text.contains("hosts          2 of 2 up, 1 of them degraded\n"), "\(text)")
        #expect(text.contains("\nSHOP [Host1]  degraded  0        proxy    \(reason)\n"), "\(text)")
        #expect(text.contains("\nSHOP [Host2]  up        0        echo\n"))
        #expect(text.contains("\n\(address) [Target1]  SHOP [Host1]  down   20"))
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(Self.status(daemon, "--json").utf8))
                as? [String: Any])
        let target = try #require((json["targets"] as? [[String: Any]])?.first)
        #expect(target["state"] as? String == "down" && target["clients"] as? Int == 0)
        #expect(target["host_section"] as? String == "Host1" && target["since"] is Int)
        let host = (json["hosts"] as? [[String: Any]])?.first
        #expect(host?["state"] as? String == "degraded" && host?["reason"] as? String == reason)
        let program = try ChildProcess(
            ["socat", "TCP-LISTEN:\(dead.number),bind=127.0.0.1,reuseaddr,fork", "EXEC:cat"])
        try daemon.waitForStatus("2 of 2 hosts up, 2 listeners, ")
        #expect(try Self.status(daemon).contains("\n\(address) [Target1]  SHOP [Host1]  up     20"))
        program.send(SIGKILL)
    }

    @Test func withoutChecksItIsTheClientsWhoFindOut() throws {
        let dead = try ReservedPort()
        let daemon = try DaemonProcess(Self.configuration(dead))
        #expect(try Self.status(daemon).contains("SHOP [Host1]  unknown  -      0\n"))
        #expect(throws: (any Error).self) { try daemon.plainClient().receiveAll() }
        try daemon.waitForStatus("2 of 2 hosts up, 1 degraded, ")
    }

    @Test func oneHostCanBeAskedFor() throws {
        let dead = try ReservedPort()
        let daemon = try DaemonProcess(Self.configuration(dead))
        let one = try Self.status(daemon, "--host", "host2")
        #expect(one.hasPrefix("HOST          STATE"), "\(one)")
        #expect(one.contains("SHOP [Host2]") && !one.contains("[Host1]") && !one.contains("TARGET"))
        #expect(one.contains("\nLISTENER") && one.count { $0 == "\n" } == 5)
        let both = try Self.status(daemon, "--host", "SHOP")
        #expect(both.contains("SHOP [Host1]") && both.contains("SHOP [Host2]"))
        let none = try Command([
            Icshostd.path, "status", "--control-socket", daemon.controlPath, "--host", "NOPE",
        ])
        #expect(none.end == .exited(1) && none.output.isEmpty)
        #expect(none.errors.contains("no host has the tag or the section \"NOPE\""))
    }
}
