import Foundation
import Glibc
import TestSupport
import Testing

/// `icshostd reload`, and `icshostd plan` where a daemon runs.
@Suite struct ReloadCommandScenarios {
    @Test func aReloadIsWaitedForAndSaysWhatCameOfIt() throws {
        let daemon = try DaemonProcess(Self.host("echo"))
        let client = try daemon.plainClient()
        #expect(try client.echoes("before"))
        try daemon.write(Self.host("daytime"))
        let good = try daemon.run("reload")
        #expect(good.end == .exited(0))
        #expect(good.errors == "reloaded: 1 host changed\n")
        #expect(try daemon.plainClient().receiveText().contains(":"))
        #expect(try client.echoes("finishes under its old host"))
        let status = try daemon.run("status").output
        #expect(status.contains(", 1 reload\n"))
    }

    @Test func aMistakeIsToldWithItsLineAndChangesNothing() throws {
        let daemon = try DaemonProcess(Self.host("echo"))
        try daemon.write(Self.host("echo") + "NoSuchKey=1\n")
        let bad = try daemon.run("reload")
        #expect(bad.end == .exited(1))
        #expect(bad.errors.contains("icshostd.conf:7:1: error: unknown key \"NoSuchKey\""))
        #expect(bad.errors.hasSuffix("\nreload failed: nothing has changed\n"))
        #expect(try daemon.plainClient().echoes("as before"))
        let json = try daemon.run("reload", "--json")
        #expect(json.end == .exited(1))
        #expect(json.output.hasPrefix("{\"applied\": false, \"messages\": [\n"))
    }

    @Test func aTroubleIsAWarning() throws {
        let daemon = try DaemonProcess(Self.host("echo"))
        try daemon.write(Self.host("nosuch"))
        // The plan foretells it in the same words.
        let file = daemon.directory("icshostd.conf")
        let plan = try daemon.run("plan", "--config", file).output
        #expect(
            plan.contains(
                "\nHost1 would keep its previous settings after a reload, and be down after a start: "
                    + "no handler named"), "\(plan)")
        #expect(!plan.contains("Host1 would be down"), "\(plan)")
        #expect(
            plan.contains("\n  ~ host Host1: Handler; it keeps its previous settings, see below\n"),
            "\(plan)"
        )
        let reload = try daemon.run("reload")
        #expect(reload.end == .exited(0))
        #expect(
            reload.errors.contains(": warning: Host1 keeps its previous settings: no handler named")
        )
        #expect(try daemon.plainClient().echoes("as before"))
    }

    @Test func aSignalAndTheCommandTogetherAreOneReload() throws {
        let daemon = try DaemonProcess(Self.host("echo"))
        try daemon.write(Self.host("discard"))
        // The signal is seen first, and waits for the command.
        daemon.process.send(SIGHUP)
        try daemon.wait("RELOADING=1") {
            daemon.notify.datagrams.contains { $0.hasPrefix("RELOADING=1\n") }
        }
        #expect(try daemon.run("reload").end == .exited(0))
        try daemon.wait("READY=1") { daemon.notify.datagrams.count { $0 == "READY=1" } >= 2 }
        // One more, to know that nothing is under way.
        #expect(try daemon.run("reload").errors == "reloaded: no changes\n")
        #expect(daemon.log("notice: reloaded: ").count == 2)
    }

    @Test func thePlanShowsFirstWhatAReloadWouldChange() throws {
        let daemon = try DaemonProcess(Self.host("echo"))
        let clients = try (0..<3).map { _ in try daemon.plainClient() }
        for client in clients { #expect(try client.echoes("here")) }
        let file = daemon.directory("icshostd.conf")
        let same = try daemon.run("plan", "--config", file).output
        #expect(same.hasPrefix("A reload changes:\n  1 listener and 1 host are unchanged\n"))
        try daemon.write(
            Self.host("discard")
                + "[Host2]\nHosts=b.test\nBindIpAddr=127.0.0.1\nBindNonPort=auto\nHandler=echo\n")
        let plan = try daemon.run("plan", "--config", file).output
        #expect(plan.contains("  + host Host2\n"))
        #expect(plan.contains("  ~ host Host1: Handler (3 clients)\n"))
        #expect(plan.contains("\nADDRESS "))
        let json = try daemon.run("plan", "--json", "--config", file).output
        let parsed = try JSONSerialization.jsonObject(with: Data(json.utf8))
        let object = try #require(parsed as? [String: Any])
        #expect((object["endpoints"] as? [Any])?.count == 2)
        let changes = try #require(object["reload"] as? [[String: Any]])
        let changed = try #require(changes.first { $0["change"] as? String == "changed" })
        #expect(changed["subject"] as? String == "host")
        #expect(changed["name"] as? String == "Host1")
        #expect(changed["keys"] as? String == "Handler")
        #expect(changed["clients"] as? Int == 3)
        #expect(changes.contains { $0["text"] as? String == "+ host Host2" })
        for client in clients { #expect(try client.echoes("untouched")) }
        // Of another file nothing runs.
        let other = try daemon.directory.write(Self.host("echo"), to: "other.conf")
        #expect(try daemon.run("plan", "--config", other).output.hasPrefix("ADDRESS "))
        let none = try daemon.run("plan", "--json", "--config", other).output
        #expect(none.hasPrefix("{\n  \"endpoints\": "))
    }

    @Test func aChangedKeyOfTheServerIsTold() throws {
        let daemon = try DaemonProcess(Self.host("echo"))
        try daemon.write("[Server]\nMaxClients=7\nWorkers=1\n" + Self.host("echo"))
        let file = daemon.directory("icshostd.conf")
        let plan = try daemon.run("plan", "--config", file).output
        #expect(
            plan.hasPrefix(
                "A reload changes:\n  ~ [Server] Workers, at the next restart\n"
                    + "  ~ [Server] MaxClients\n"), "\(plan)")
        let later = "Workers changes at the next restart\n"
        let reload = try daemon.run("reload")
        #expect(reload.end == .exited(0))
        #expect(reload.errors.contains("warning: Workers takes effect at the next restart\n"))
        #expect(reload.errors.hasSuffix("\nreloaded: MaxClients of [Server] changed; \(later)"))
        // What waits for a restart is told until there was one.
        #expect(
            try daemon.run("reload").errors.hasSuffix("reloaded: no changes; \(later)"))
        #expect(try daemon.run("plan", "--config", file).output.contains("~ [Server] Workers, at"))
    }

    @Test func hostsThatAreDownAreNamedLast() throws {
        let taken = try ReservedPort(isListening: true)
        let daemon = try DaemonProcess(Self.host("echo"))
        try daemon.write(Self.host("nosuch") + Self.second(port: taken.number))
        let reload = try daemon.run("reload")
        #expect(reload.end == .exited(0))
        #expect(
            reload.errors.contains(
                ": warning: Host2 is down: 127.0.0.1:\(taken.number) is in use by another "
                    + "program\n"))
        #expect(
            reload.errors.hasSuffix(
                "\nreloaded: no changes; down: Host2; previous settings: Host1\n"),
            "\(reload.errors)")
        #expect(!daemon.log("; down: Host2; previous settings: Host1").isEmpty)
        #expect(try daemon.run("reload", "--strict").end == .exited(1))
        let json = try daemon.run("reload", "--json")
        #expect(json.end == .exited(0) && json.errors == "")
        let parsed = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
        let notApplied = try #require(
            (parsed as? [String: Any])?["not_applied"] as? [[String: Any]])
        #expect(notApplied.map { $0["section"] as? String } == ["Host1", "Host2"])
        #expect(notApplied.map { $0["outdated"] as? Bool } == [true, false])
        #expect((notApplied[1]["reason"] as? String)?.contains("is in use") == true)
    }

    /// A host that is down is neither "added" nor its listener "opened".
    @Test func onlyWhatHappenedIsCounted() throws {
        let (taken, free) = (try ReservedPort(isListening: true), try ReservedPort())
        let daemon = try DaemonProcess(Self.host("echo"))
        let third = Self.second(port: free.number).replacing("Host2", with: "Host3")
            .replacing("b.test", with: "c.test")
        try daemon.write(Self.host("echo") + Self.second(port: taken.number) + third)
        let reload = try daemon.run("reload").errors
        #expect(
            reload.hasSuffix("\nreloaded: 1 listener opened, 1 host added; down: Host2\n"),
            "\(reload)")
        try daemon.write(Self.host("echo") + third)
        #expect(try daemon.run("reload").errors.hasSuffix("reloaded: 1 host removed\n"))
    }

    /// As a start does that could serve nobody.
    @Test func aReloadThatWouldServeNobodyChangesNothing() throws {
        let taken = try ReservedPort(isListening: true)
        let daemon = try DaemonProcess(Self.host("echo"))
        try daemon.write(Self.second(port: taken.number))
        let reload = try daemon.run("reload")
        #expect(reload.end == .exited(1))
        #expect(reload.errors.contains(": warning: Host2 is down: 127.0.0.1:"))
        #expect(reload.errors.contains(": error: no host would be left to serve\n"))
        #expect(reload.errors.hasSuffix("\nreload failed: nothing has changed\n"))
        #expect(try daemon.plainClient().echoes("as before"))
        // One that waits for its address may come.
        try daemon.write(Self.second(port: 7000).replacing("127.0.0.1", with: "192.0.2.1"))
        #expect(try daemon.run("reload").end == .exited(0))
        try daemon.waitForStatus("0 of 1 host up")
    }

    private static func second(port: UInt16) -> String {
        host("echo").replacing("Host1", with: "Host2").replacing("a.test", with: "b.test")
            .replacing("auto", with: "\(port)")
    }

    private static func host(_ handler: String) -> String {
        """
        [Host1]
        HostEnabled=True
        Hosts=a.test
        BindIpAddr=127.0.0.1
        BindNonPort=auto
        Handler=\(handler)

        """
    }
}

extension DaemonProcess {
    /// Runs a command that asks this daemon.
    fileprivate func run(_ words: String...) throws -> Command {
        try Command([Icshostd.path] + words + ["--control-socket", controlPath])
    }
}
