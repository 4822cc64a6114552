import Glibc
import TestSupport
import Testing

/// The life of the daemon as systemd and its signals steer it.
@Suite struct SignalScenarios {
    @Test(arguments: [SIGTERM, SIGINT])
    func aSignalLetsClientsFinishAndNoNewOnesIn(_ signal: CInt) throws {
        let daemon = try daemon(
            "echo", drain: "60",
            more: """
                [Host2]
                Hosts=b.test
                BindIpAddr=127.0.0.1
                BindNonPort=auto
                Handler=discard
                """)
        let (old, other) = (try daemon.plainClient(), try daemon.tlsClient())
        #expect(try old.echoes("before"))
        #expect(try other.echoes("before"))
        let resting = try PlainClient(to: "127.0.0.1", port: daemon.plainPort(1))
        try daemon.waitForStatus("3 clients")
        daemon.process.send(signal)
        // The only loop lets those at rest go after it has stopped accepting.
        #expect(try resting.receiveAll() == [])
        let late = try? daemon.plainClient()
        try? late?.send("late")
        #expect(try old.echoes("while it drains"))
        #expect(try old.exchange(Array("last words".utf8)) == Array("last words".utf8))
        #expect(try other.echoes("while it drains"))
        #expect(daemon.process.isRunning)
        other.endOutput()
        #expect(try other.receiveAll() == [])
        #expect(try daemon.process.waitForEnd() == .exited(0))
        if let late { #expect(try late.receiveToEnd().bytes == []) }
        let name = signal == SIGINT ? "SIGINT" : "SIGTERM"
        #expect(daemon.log("notice: stopping on \(name): 3 clients have").count == 1)
        #expect(daemon.log.last == "notice: stopped")
    }

    @Test func theDrainTimeoutCutsWhoIsLeft() throws {
        let daemon = try daemon("echo", drain: "200ms")
        let clients: [any TestClient] = [try daemon.plainClient(), try daemon.tlsClient()]
        for client in clients { #expect(try client.echoes("before")) }
        #expect(try daemon.stop() == .exited(0))
        for client in clients { _ = try? client.receiveAll() }
        #expect(daemon.log("closed: DrainTimeout expired").count == 2)
    }

    @Test func theDrainTimeoutCutsAClientThatReadsNothing() throws {
        let daemon = try daemon("chargen", drain: "200ms")
        let clients: [any TestClient] = [try daemon.plainClient(), try daemon.tlsClient()]
        for client in clients { try waitUntilReady(client.descriptor, POLLIN, "first bytes") }
        #expect(try daemon.stop() == .exited(0))
        #expect(daemon.log.last == "notice: stopped")
    }

    @Test func aClientInItsHandshakeIsCut() throws {
        let daemon = try daemon("echo", drain: "200ms")
        let client = try PlainClient(to: "127.0.0.1", port: daemon.tlsPort())
        try daemon.waitForStatus("1 client")
        #expect(try daemon.stop() == .exited(0))
        _ = try? client.receiveAll()
        #expect(daemon.log.last == "notice: stopped")
    }

    @Test func aSecondSignalCutsAtOnce() throws {
        let daemon = try daemon("echo", drain: "3600")
        let client = try daemon.plainClient()
        #expect(try client.echoes("before"))
        daemon.process.send(SIGTERM)
        try daemon.waitForLog("stopping on SIGTERM: 1 client")
        #expect(daemon.process.isRunning)
        #expect(try daemon.stop() == .exited(0))
        _ = try? client.receiveAll()
    }

    @Test func clientsAtRestLeaveWhenTheServerDrains() throws {
        let daemon = try daemon("discard", drain: "3600")
        let clients: [any TestClient] = [try daemon.plainClient(), try daemon.tlsClient()]
        try daemon.waitForStatus("2 clients")
        for client in clients { try client.send("bytes before") }
        #expect(try daemon.stop() == .exited(0))
        for client in clients { #expect(try client.receiveAll() == []) }
    }

    @Test func aHandshakeThatEndsWhileTheServerDrainsIsNotWaitedFor() throws {
        let daemon = try daemon("discard", drain: "3600")
        let (early, resting) = (
            try PlainClient(to: "127.0.0.1", port: daemon.tlsPort()), try daemon.plainClient()
        )
        try daemon.waitForStatus("2 clients")
        daemon.process.send(SIGTERM)
        #expect(try resting.receiveAll() == [])
        #expect(try TLSClient(over: early, name: nil).receiveAll() == [])
        #expect(try daemon.process.waitForEnd() == .exited(0))
    }

    @Test func systemdIsToldEachStateInItsTime() throws {
        let daemon = try daemon("echo", drain: "5")
        let client = try daemon.plainClient()
        #expect(try client.echoes("hello"))
        try daemon.waitForStatus("1 of 1 host up, 2 listeners, 1 client, 1 accepted, 0 refused")
        #expect(daemon.notify.status?.contains(", auto: 127.0.0.1:") == true)
        client.close()
        try daemon.waitForStatus("0 clients, 1 accepted, 0 refused")
        #expect(try daemon.stop() == .exited(0))
        try daemon.wait("STOPPING=1") { daemon.notify.datagrams.last == "STOPPING=1" }
        let datagrams = daemon.notify.datagrams.filter { !$0.hasPrefix("FDSTORE=1") }
        #expect(datagrams.first == "READY=1")
        #expect(datagrams.count { $0 == "READY=1" } == 1)
        #expect(datagrams.allSatisfy { !$0.dropFirst().contains("\n") })
    }

    @Test func aStatusOfManyTroublesStaysShort() throws {
        let hosts = (1...40).map { number in
            """
            [Host\(number)]
            Hosts=\(String(repeating: "long-label-\(number).", count: 8))test
            BindIpAddr=127.0.0.1
            BindNonPort=auto
            Handler=\(number == 1 ? "echo" : "nosuch\(String(repeating: "x", count: 150))")

            """
        }
        let daemon = try DaemonProcess(hosts.joined())
        try daemon.waitForStatus("1 of 40 hosts up, 1 listener, 0 clients, ")
        try daemon.waitForStatus("; down: Host2: no handler named")
        #expect(daemon.notify.datagrams.allSatisfy { $0.utf8.count <= 500 })
    }

    @Test func theWatchdogHearsOfLoopsThatTurn() throws {
        let directory = try TemporaryDirectory()
        let daemon = try DaemonProcess(
            configuration("echo", drain: "5", try Certificates(in: directory).pair("a.test")),
            in: directory,
            launcher: ["sh", "-c", "export WATCHDOG_PID=$$; exec \"$@\"", "sh"],
            environment: ["WATCHDOG_USEC": "400000"])
        try daemon.wait("five signs of life") {
            daemon.notify.datagrams.count { $0 == "WATCHDOG=1" } >= 5
        }
    }

    private func daemon(
        _ handler: String, drain: String, more: String = ""
    ) throws -> DaemonProcess {
        let directory = try TemporaryDirectory()
        let pair = try Certificates(in: directory).pair("a.test")
        return try DaemonProcess(
            configuration(handler, drain: drain, pair) + more, in: directory,
            storesDescriptors: false)
    }

    private func configuration(
        _ handler: String, drain: String, _ pair: Certificates.Pair
    ) -> String {
        """
        [Server]
        Workers=1
        DrainTimeout=\(drain)
        [Host1]
        Hosts=a.test
        BindIpAddr=127.0.0.1
        BindNonPort=auto
        BindSslPort=auto
        \(pair.settings)
        Handler=\(handler)

        """
    }
}
