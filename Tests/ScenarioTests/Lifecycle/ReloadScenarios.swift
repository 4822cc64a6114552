import Glibc
import Platform
import TestSupport
import Testing

/// Changes of the file while the daemon runs.
@Suite struct ReloadScenarios: PlainHosts {
    @Test func whatIsUnchangedStaysAndTheRestFollowsTheFile() throws {
        let ports = try (0..<4).map { _ in try ReservedPort() }
        let daemon = try DaemonProcess(
            host("Kept", ports[0], "echo") + host("Changed", ports[1], "echo")
                + host("Gone", ports[2], "echo"))
        let old = try (0..<3).map { try client(ports[$0]) }
        for client in old { #expect(try client.echoes("before")) }
        try daemon.reload(
            host("Changed", ports[1], "daytime") + host("New", ports[3], "echo")
                + host("Kept", ports[0], "echo"))
        // Under its old host, the client of a changed one finishes; so does that of one that is gone.
        for client in old { #expect(try client.echoes("after")) }
        #expect(try client(ports[0]).echoes("new"))
        #expect(try client(ports[1]).receiveText().contains(":"))
        #expect(try client(ports[3]).echoes("new"))
        try waitUntil("the port of the host that is gone is closed") {
            (try? client(ports[2])) == nil
        }
        try daemon.waitForLog("notice: reloaded: 1 listener opened, 1 closed, 1 host added, 1 ch")
        #expect(daemon.log("host Gone is no longer configured").count == 1)
        #expect(daemon.log("host Kept is up").count == 1)
        #expect(daemon.log("host Changed is up").count == 2)
        try daemon.waitForStatus("3 of 3 hosts up, 3 listeners")
    }

    @Test func aClientOutlivesAnyNumberOfReloadsOfOthers() throws {
        let ports = try (0..<2).map { _ in try ReservedPort() }
        let kept = host("Kept", ports[0], "echo")
        let daemon = try DaemonProcess(
            "[Server]\nDrainTimeout=0\n" + kept + host("Other", ports[1], "echo"))
        let client = try client(ports[0])
        for round in 1...20 {
            #expect(try client.echoes("round \(round)"))
            try daemon.reload(
                "[Server]\nDrainTimeout=0\n" + kept
                    + host("Other", ports[1], round % 2 == 0 ? "echo" : "discard"))
        }
        #expect(try client.echoes("the end"))
    }

    @Test func theClientsOfAChangedHostAreCutAfterItsOwnDrainTimeout() throws {
        let ports = try (0..<2).map { _ in try ReservedPort() }
        let (short, long) = ("DrainTimeout=100ms\n", "DrainTimeout=1h\n")
        let daemon = try DaemonProcess(
            host("Short", ports[0], "echo", short) + host("Long", ports[1], "echo", long))
        let clients = try ports.map { try client($0) }
        for client in clients { #expect(try client.echoes("before")) }
        try daemon.reload(
            host("Short", ports[0], "echo", short + "Descr=x\n")
                + host("Long", ports[1], "echo", long + "Descr=x\n"))
        #expect(try clients[0].receiveToEnd().bytes == [])
        try daemon.waitForLog(" of Short on ", count: 1)
        #expect(daemon.log("closed: DrainTimeout expired").count == 1)
        #expect(try clients[1].echoes("still here"))
    }

    @Test(arguments: [
        ("[Host1]\nHosts=a.test\nNoSuchKey=1\n", "3:"), ("[Host1\n", "1:"), ("", "1:1: error"),
    ])
    func aMistakeChangesNothing(_ text: String, _ place: String) throws {
        let port = try ReservedPort()
        let daemon = try DaemonProcess(host("Host1", port, "echo"))
        let client = try client(port)
        #expect(try client.echoes("before"))
        try daemon.write(text)
        daemon.process.send(SIGHUP)
        try daemon.waitForLog("error: reload failed: nothing has changed")
        #expect(daemon.log("error: ").contains { $0.contains("icshostd.conf:\(place)") })
        try daemon.waitForStatus("reload failed at 20")
        try daemon.waitForStatus(", running configuration of 20")
        #expect(try client.echoes("after"))
        #expect(try self.client(port).echoes("new"))
        try daemon.reload(host("Host1", port, "echo"))
        try daemon.wait("a status without a failure") {
            daemon.notify.status?.hasPrefix("1 of 1 host up, ") == true
        }
    }

    @Test func aFileThatIsGoneChangesNothing() throws {
        let port = try ReservedPort()
        let daemon = try DaemonProcess(host("Host1", port, "echo"))
        unsafe unlink(daemon.directory("icshostd.conf"))
        daemon.process.send(SIGHUP)
        try daemon.waitForLog("error: reload failed: nothing has changed")
        #expect(daemon.log("there is no such file").count == 1)
        #expect(try client(port).echoes("still here"))
    }

    @Test func aHostInTroubleKeepsItsPreviousSettingsAndANewOneIsDown() throws {
        let (ports, taken) = (
            try (0..<3).map { _ in try ReservedPort() }, try ReservedPort(isListening: true)
        )
        let daemon = try DaemonProcess(host("A", ports[0], "echo") + host("B", ports[1], "echo"))
        let client = try client(ports[0])
        #expect(try client.echoes("before"))
        try daemon.reload(
            host("A", taken, "echo") + host("B", ports[1], "discard")
                + host("C", ports[2], "nosuch"))
        #expect(try client.echoes("never drained"))
        #expect(try self.client(ports[0]).echoes("the old version"))
        let warnings = daemon.log("warning: ")
        #expect(warnings.contains { $0.contains("Host A keeps its previous settings: 127.0.0.1:") })
        #expect(
            warnings.contains { $0.contains("Host C is down: no handler named \"nosuch\"") })
        #expect(daemon.log("error: host A keeps its previous settings: 127.0.0.1:").count == 1)
        #expect(daemon.log("error: host C is down").count == 1)
        try daemon.waitForStatus("2 of 3 hosts up, 1 with previous settings, ")
        let status = try Icshostd.run("status", "--control-socket", daemon.controlPath).output
        #expect(status.contains("2 of 3 up, 1 of them degraded"), "\(status)")
        #expect(
            status.contains(
                "keeps its previous settings: 127.0.0.1:\(taken.number) is in use by another"),
            "\(status)")
        // Nothing of the file has changed, so nothing else happens.
        try daemon.reload(
            host("A", ports[0], "echo") + host("B", ports[1], "discard"))
        #expect(try client.echoes("never drained"))
        try daemon.waitForStatus("2 of 2 hosts up, 2 listeners")
        let after = try Icshostd.run("status", "--control-socket", daemon.controlPath).output
        #expect(!after.contains("degraded") && !after.contains("as it was"), "\(after)")
    }

    @Test func underFailANewTroubleFailsTheReloadAndAnOldOneDoesNot() throws {
        let (ports, taken) = (
            try (0..<3).map { _ in try ReservedPort() }, try ReservedPort(isListening: true)
        )
        let (down, fails) = (host("Down", taken, "echo"), "[Server]\nOnHostError=fail\n")
        let daemon = try DaemonProcess(host("A", ports[0], "echo") + down)
        try daemon.reload(fails + host("A", ports[0], "echo", "Descr=x\n") + down)
        try daemon.write(fails + host("A", ports[0], "echo") + down + host("B", ports[1], "nosuch"))
        daemon.process.send(SIGHUP)
        try daemon.waitForLog("error: reload failed: nothing has changed")
        #expect(
            daemon.log("Host B would be down: no handler named").contains {
                $0.contains(": error: ")
            })
        try daemon.write(fails + host("A", taken, "discard") + down)
        daemon.process.send(SIGHUP)
        try daemon.waitForLog("error: reload failed: nothing has changed", count: 2)
        #expect(try client(ports[0]).echoes("as before"))
    }

    @Test func aPortThatBecomesFreeIsPickedUp() throws {
        let (port, other) = (try ReservedPort(), try ReservedPort())
        let holder = try ForeignListener(port)
        let daemon = try DaemonProcess(host("A", port, "echo") + host("B", other, "echo"))
        try daemon.waitForLog("host A is down: 127.0.0.1:\(port.number) is in use")
        holder.close()
        try daemon.waitForLog("host A is up")
        #expect(try client(port).echoes("hello"))
        #expect(daemon.log("host A is down").count == 1)
        #expect(daemon.log("host B is up").count == 1)
        try daemon.waitForStatus("2 of 2 hosts up, 2 listeners")
    }

    @Test func theNewVersionOfAHostIsPickedUpWhenItsTroubleIsOver() throws {
        let (old, port) = (try ReservedPort(), try ReservedPort())
        let holder = try ForeignListener(port)
        let daemon = try DaemonProcess(host("A", old, "echo"))
        let client = try client(old)
        #expect(try client.echoes("before"))
        try daemon.reload(host("A", port, "echo"))
        #expect(try self.client(old).echoes("the old version"))
        holder.close()
        try daemon.waitForLog("host A is up", count: 2)
        #expect(try self.client(port).echoes("the new version"))
        #expect(try client.echoes("drains"))
    }

    @Test func anAddressMovesBetweenOneAndAllAndFromPlainToSSL() throws {
        let (port, directory) = (try ReservedPort(), try TemporaryDirectory())
        let pair = try Certificates(in: directory).pair("a.test")
        let daemon = try DaemonProcess(host("A", port, "echo"), in: directory)
        let early = try client(port)
        #expect(try early.echoes("before"))
        for address in ["0.0.0.0", "127.0.0.1", "0.0.0.0"] {
            try daemon.reload(host("A", port, "echo").replacing("127.0.0.1", with: address))
            #expect(try client(port).echoes(address))
            #expect(daemon.log("is down").isEmpty)
        }
        let plain = host("A", port, "echo").replacing("127.0.0.1", with: "0.0.0.0")
        try daemon.reload(
            plain.replacing("BindNonPort", with: "BindSslPort") + pair.settings + "\n")
        let secured = try TLSClient(to: "127.0.0.1", port: port.number, name: "a.test")
        #expect(try secured.echoes("after"))
        #expect(try early.echoes("still plain"))
    }

    @Test func whatHoldsForAllHostsFollowsTheFile() throws {
        let port = try ReservedPort()
        let daemon = try DaemonProcess("[Server]\nWorkers=1\n" + host("A", port, "echo"))
        let client = try client(port)
        #expect(try client.echoes("before"))
        try daemon.reload(
            "[Server]\nWorkers=2\nBanner=hello\nMaxClients=1\nLogLevel=debug\n"
                + host("A", port, "echo"))
        #expect(daemon.log("warning: Workers takes effect at the next restart").count == 1)
        #expect(try self.client(port).receiveText().contains("too many clients"))
        client.close()
        try daemon.waitForLog("debug: ")
        try waitUntil("the banner") {
            try self.client(port).receive(atLeast: 7) == Array("hello\r\n".utf8)
        }
    }

    @Test func socketOptionsOfAnOpenListenerFollowTheFile() throws {
        let directory = try TemporaryDirectory()
        let path = directory("a.sock")
        func text(_ mode: String) -> String {
            "[A]\nHosts=*\nBindIpAddr=unix:\(path)\nUnixMode=\(mode)\nHandler=echo\n"
                .replacing("[A]", with: "[Host1]")
        }
        let daemon = try DaemonProcess(text("0600"), in: directory)
        #expect(try Command.succeed(["stat", "-c", "%a", path]) == "600\n")
        let inode = try Command.succeed(["stat", "-c", "%i", path])
        try daemon.reload(text("0666"))
        #expect(try Command.succeed(["stat", "-c", "%a", path]) == "666\n")
        #expect(try Command.succeed(["stat", "-c", "%i", path]) == inode)
    }

    @Test func systemdIsToldOfEachReload() throws {
        let port = try ReservedPort()
        let daemon = try DaemonProcess(host("A", port, "echo"))
        try daemon.reload(host("A", port, "discard"))
        try daemon.wait("READY=1") { daemon.notify.datagrams.count { $0 == "READY=1" } == 2 }
        try daemon.write("nonsense")
        daemon.process.send(SIGHUP)
        try daemon.wait("READY=1") { daemon.notify.datagrams.count { $0 == "READY=1" } == 3 }
        let told = daemon.notify.datagrams.filter {
            $0.hasPrefix("R")
        }.map { $0.prefix { $0 != "\n" } }
        #expect(told == ["READY=1", "RELOADING=1", "READY=1", "RELOADING=1", "READY=1"])
        #expect(
            daemon.notify.datagrams.filter { $0.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") }.count
                == 2)
    }

    @Test func manySignalsAreFewReloadsAndTheLastFileCounts() throws {
        let port = try ReservedPort()
        let daemon = try DaemonProcess(host("A", port, "echo"))
        for round in 1...50 {
            try daemon.write(host("A", port, "echo", "Descr=\(round)\n"))
            daemon.process.send(SIGHUP)
        }
        try daemon.write(host("A", port, "daytime"))
        daemon.process.send(SIGHUP)
        try waitUntil("the last file is in force") {
            let client = try client(port)
            client.endOutput()
            return try client.receiveText().contains(":")
        }
        #expect(daemon.log("notice: reloaded").count < 50)
    }

    /// Two configurations take turns; both have the hosts that are under load.
    @Test func reloadsUnderLoadLoseNoConnection() throws {
        let (directory, ports) = (
            try TemporaryDirectory(), try (0..<3).map { _ in try ReservedPort() }
        )
        let pair = try Certificates(in: directory).pair("a.test")
        let loaded =
            host("Plain", ports[0], "echo")
            + host("Secure", ports[1], "echo", pair.settings + "\n").replacing(
                "BindNonPort", with: "BindSslPort")
        let daemon = try DaemonProcess(loaded, in: directory)
        let (isOver, failures, rounds) = (
            Lock(false), Lock<[String]>([]), Lock((short: 0, long: 0))
        )
        let (plain, secure) = (ports[0].number, ports[1].number)
        let threads = try (0..<4).map { number in
            try Platform.Thread(name: "load") {
                do {
                    func connect() throws -> any TestClient {
                        number % 2 == 0
                            ? try PlainClient(to: "127.0.0.1", port: plain)
                            : try TLSClient(to: "127.0.0.1", port: secure, name: "a.test")
                    }
                    let long = try connect()
                    while !isOver.withLock({ $0 }) {
                        let client = number < 2 ? try connect() : long
                        // Leaves time to the daemon and to other tests.
                        _ = usleep(5_000)
                        guard try client.echoes("hello") else { throw TestFailure("no echo") }
                        if number < 2 { client.close() }
                        rounds.withLock {
                            if number < 2 { $0.short += 1 } else { $0.long += 1 }
                        }
                    }
                } catch {
                    failures.withLock { $0.append("\(error)") }
                }
            }
        }
        for round in 1...12 {
            try daemon.reload(
                round % 2 == 0
                    ? loaded : host("Other", ports[2], round % 4 == 1 ? "echo" : "discard") + loaded
            )
        }
        isOver.withLock { $0 = true }
        for thread in threads { thread.join() }
        #expect(failures.withLock { $0 } == [])
        #expect(rounds.withLock { $0.short > 0 && $0.long > 0 })
        #expect(daemon.log("DrainTimeout expired").isEmpty)
    }

    @Test func aStopInTheMiddleOfAReloadIsAStop() throws {
        let port = try ReservedPort()
        let daemon = try DaemonProcess(host("A", port, "echo"))
        for _ in 0..<3 { daemon.process.send(SIGHUP) }
        #expect(try daemon.stop() == .exited(0))
        #expect(daemon.log.last == "notice: stopped")
    }
}
