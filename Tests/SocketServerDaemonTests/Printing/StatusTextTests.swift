import Testing
import TextFormats

@testable import SocketServerDaemon

@Suite struct StatusTextTests {
    private static func text(_ lines: [String], isOfHost: Bool = false) -> String {
        StatusText(lines.compactMap { JSONValue($0.utf8) }, isOfHost: isOfHost).text
    }

    private static func host(
        _ number: Int, _ state: String = "up", tag: String? = nil, reason: String? = nil
    ) -> String {
        let reason = reason.map { #", "reason": "\#($0)""# } ?? ""
        return
            #"{"part": "host", "tag": "\#(tag ?? "Host\(number)")", "section": "Host\#(number)","#
            + #" "state": "\#(state)", "handler": "echo", "clients": 0\#(reason)}"#
    }

    private static func service(_ members: String) -> String {
        #"{"part": "service", "version": "icshostd 1", "process": 7, "uptime_seconds": 65,"#
            + #" "configuration": "/a.conf", "configuration_time": 0, "loaded_time": 0,"#
            + #" "memory_bytes": 1048576, \#(members)}"#
    }

    @Test func theNumbersReadAsSentences() {
        let members =
            #""generation": 2, "hosts": 4, "hosts_up": 2, "hosts_degraded": 1, "hosts_down": 1,"#
            + #" "listeners": 3, "clients": 3, "accepted": 9, "refused": 2, "handshakes_failed": 1,"#
            + #" "accepted_per_second": 0.52, "accepted_per_second_minute": 0.1"#
        let loops = [1, 2].map {
            #"{"part": "loop", "number": \#($0 - 1), "clients": \#($0), "silent": \#($0 == 2)}"#
        }
        #expect(
            Self.text([Self.service(members)] + loops) == """
                service        icshostd 1, process 7, up 1 min 5 s
                configuration  /a.conf of 1970-01-01 00:00:00Z, in force since 1970-01-01 00:00:00Z, 1 reload
                hosts          2 of 3 up, 1 of them degraded, 1 disabled
                listeners      3
                clients        3 now, 9 accepted since the start, 2 refused, 1 failed handshake
                new clients    0.5 per second in the last 10 s, 0.1 in the last minute
                loops          2 (clients of each: 1, 2); not answering: loop 1
                memory         1.0 MiB resident

                """)
    }

    @Test func manyLoopsAreTakenTogether() {
        let loops = (1...64).map {
            #"{"part": "loop", "number": \#($0), "clients": \#($0), "silent": false}"#
        }
        let text = Self.text([Self.service(#""generation": 1"#)] + loops)
        #expect(text.contains("loops          64 (from 1 to 64 clients each)\n"))
        #expect(!text.contains("reload"))
    }

    @Test func whoNeedsSomebodyComesFirst() {
        let hosts = [
            Self.host(1), Self.host(2, "disabled"), Self.host(3, "degraded", reason: "a target"),
            Self.host(4, "down", reason: "a port"),
        ]
        #expect(
            Self.text(hosts) == """
                HOST   STATE     CLIENTS  HANDLER  REASON
                Host3  degraded  0        echo     a target
                Host4  down      0        echo     a port
                Host1  up        0        echo
                Host2  disabled  0        echo

                """)
    }

    @Test func hostsOfOneTagAreToldApart() {
        let text = Self.text([Self.host(1, tag: "SHOP"), Self.host(2, tag: "SHOP")])
        #expect(text.contains("\nSHOP [Host1]  up") && text.contains("\nSHOP [Host2]  up"))
        #expect(Self.text([Self.host(1, tag: "HOST1")]).contains("\nHOST1  up"))
    }

    /// Of ten thousand hosts those are shown that need somebody, and never nothing.
    @Test(arguments: [(0, 10), (1, 10), (50, 50), (150, 100)])
    func aTableOfThousandsShowsTheWorst(_ sick: Int, _ shown: Int) {
        let hosts = (1...10_000).map { Self.host($0, $0 > 10_000 - sick ? "degraded" : "up") }
        let lines = Self.text(hosts).split(separator: "\n")
        #expect(lines.count == shown + 2)
        #expect(lines.count { $0.contains("  degraded  ") } == min(sick, 100))
        let more = "… and \(10_000 - shown) more hosts: icshostd status --host TAG shows one, "
        #expect(lines.last == Substring(more + "--json all"))
    }

    @Test func aHundredAreShownWhole() {
        #expect(Self.text((1...100).map { Self.host($0) }).split(separator: "\n").count == 101)
        let text = Self.text((1...101).map { Self.host($0) })
        #expect(text.contains("… and 91 more hosts: "))
    }

    @Test func targetsHaveATable() {
        let target =
            #"{"part": "target", "host": "SHOP", "host_section": "Host1", "section": "Target1","#
            + #" "address": "10.0.0.1:80", "state": "down", "since": 0, "clients": 2, "backup": true}"#
        #expect(
            Self.text([target], isOfHost: true) == """
                TARGET                 HOST          STATE         SINCE                 CLIENTS
                10.0.0.1:80 [Target1]  SHOP [Host1]  down, backup  1970-01-01 00:00:00Z  2

                """)
    }

    @Test func whatATerminalWouldObeyIsNotShown() {
        let text = Self.text([Self.host(1, "down", tag: #"A\u001b[2J"#, reason: #"\u001b[31m"#)])
        #expect(!text.contains("\u{1B}"))
    }
}
