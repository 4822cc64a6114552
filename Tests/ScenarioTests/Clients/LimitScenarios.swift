import Platform
import TestSupport
import Testing

/// What happens at MaxClients and at the limit of open files.
@Suite(.serialized) struct LimitScenarios {
    @Test func aPlainClientTooManyReadsWhyWhateverItHasSent() throws {
        let daemon = try daemon("MaxClients=3\nLogLevel=debug")
        let clients = try (0..<3).map { _ in try daemon.plainClient() }
        for client in clients { #expect(try client.echoes("in")) }
        for size in [0, 1, 60_000] {
            let late = try daemon.plainClient()
            try late.send([UInt8](repeating: 65, count: size))
            // A reset would be an error here.
            #expect(try late.receiveText() == "Sorry, too many clients\r\n")
        }
        try daemon.waitForLog("was refused: MaxClients are connected", count: 3)
        try daemon.waitForStatus("3 clients, 6 accepted, 3 refused")
        for client in clients { #expect(try client.echoes("still")) }
        clients[0].close()
        try daemon.waitForLog("closed: closed by the client")
        // The record comes before the place is free.
        try daemon.waitForStatus(" 2 clients, ")
        let next = try daemon.plainClient()
        #expect(try next.echoes("in"))
        #expect(try daemon.plainClient().receiveText().hasPrefix("Sorry"))
    }

    @Test func anSSLClientTooManyIsClosedWithoutAHandshake() throws {
        let daemon = try daemon("MaxClients=1")
        let client = try daemon.tlsClient(name: "a.test")
        #expect(try client.echoes("in"))
        let late = try PlainClient(to: "127.0.0.1", port: daemon.tlsPort())
        #expect(try late.receiveAll() == [])
        try daemon.waitForLog("ssl was refused: MaxClients are connected")
        #expect(try client.echoes("still"))
    }

    @Test func aBannerGoesBeforeAllElse() throws {
        let daemon = try daemon("Banner=Welcome")
        let clients: [any TestClient] = [
            try daemon.plainClient(), try daemon.tlsClient(name: "a.test"),
        ]
        for client in clients {
            #expect(try client.receive(atLeast: 9) == Array("Welcome\r\n".utf8))
            #expect(try client.echoes("hello"))
        }
    }

    @Test func threeThousandClientsOfAThousandDescriptorsWaitForTheirTurn() throws {
        _ = try FileLimit.raise()
        let daemon = try daemon(
            "MaxClients=0", launcher: ["prlimit", "--nofile=1024:1024", "--"])
        let established = try (0..<100).map { _ in try daemon.plainClient() }
        for client in established { #expect(try client.echoes("first")) }
        var crowd = try (0..<2_900).map { _ in try daemon.plainClient() }
        for client in crowd { try client.send("later") }
        try daemon.waitForLog("is paused")
        // The established are served while the listener tries again and again in vain.
        let end = ContinuousClock.now + .milliseconds(600)
        while ContinuousClock.now < end {
            for client in established { try #require(try client.echoes("still")) }
        }
        // Those who were let in leave, in the order of the queue; then the rest is served.
        for client in crowd.prefix(2_200) { client.close() }
        crowd.removeFirst(2_200)
        for client in crowd { try #require(try client.receive(atLeast: 5) == Array("later".utf8)) }
        try daemon.waitForLog("accepts clients again")
        for client in established { try #require(try client.echoes("always")) }
        #expect(try daemon.plainClient().echoes("new"))
        // Each of the two loops says it once, however long it lasts.
        #expect(daemon.log("is paused").count <= 2)
    }

    @Test func aLogThatNobodyReadsKeepsNobodyFromBeingServed() throws {
        let directory = try TemporaryDirectory()
        let daemon = try DaemonProcess(
            starting: """
                [Server]
                LogLevel=debug
                [Host1]
                Hosts=a.test
                BindIpAddr=127.0.0.1
                BindNonPort=auto
                Handler=daytime
                """, in: directory,
            launcher: [
                "sh", "-c", "mkfifo $0 && exec 3<>$0 && exec \"$@\" 2>&3", directory("fifo"),
            ])
        // Twice what a pipe holds.
        for _ in 0..<1_000 {
            let client = try PlainClient(to: "127.0.0.1", port: daemon.statusPorts()[0])
            try #require(try client.receiveText().hasSuffix("-UTC\r\n"))
        }
        #expect(try daemon.stop() == .exited(0))
    }

    @Test func withoutALimitAsManyAsFitAreServedAndTheRestHearsWhy() throws {
        _ = try FileLimit.raise()
        let daemon = try daemon("LogLevel=debug", launcher: ["prlimit", "--nofile=256:256", "--"])
        try daemon.waitForLog("info: MaxClients=auto: up to ")
        let crowd = try (0..<250).map { _ in try daemon.plainClient() }
        try daemon.waitForLog("was refused: MaxClients are connected")
        #expect(daemon.log("is paused") == [])
        #expect(try crowd[0].echoes("still"))
    }

    /// The last tenth is for hosts with less than their share.
    @Test(arguments: [false, true]) func aHostWithAllClientsLeavesOthersRoom(_ isTLS: Bool) throws {
        let directory = try TemporaryDirectory()
        let certificates = try Certificates(in: directory)
        let daemon = try DaemonProcess(
            "[Server]\nWorkers=2\nMaxClients=40\nLogLevel=debug\n"
                + (try ["a", "b"].map { name in
                    """
                    [Host \(name)]
                    Hosts=\(name).test
                    HostTag=\(name.uppercased())
                    BindIpAddr=127.0.0.1
                    BindNonPort=auto
                    BindSslPort=auto
                    \(try certificates.pair("\(name).test").settings)
                    Handler=echo

                    """
                }.joined()), in: directory)
        func connect(_ host: Int) throws -> any TestClient {
            isTLS
                ? try TLSClient(
                    to: "127.0.0.1", port: daemon.tlsPort(host),
                    name: host == 0 ? "a.test" : "b.test")
                : try PlainClient(to: "127.0.0.1", port: daemon.plainPort(host))
        }
        let crowd = try (0..<36).map { _ in try connect(0) }
        for client in crowd { #expect(try client.echoes("in")) }
        let late = try connect(0)
        _ = try late.receiveToEnd()
        try daemon.waitForLog(
            "the last tenth of MaxClients is reserved for hosts with fewer clients")
        late.close()
        let others = try (0..<3).map { _ in try connect(1) }
        for client in others { #expect(try client.echoes("in too")) }
    }

    @Test func aLimitTooSmallForMaxClientsIsAWarning() throws {
        let daemon = try daemon(
            "MaxClients=1000", launcher: ["prlimit", "--nofile=512:512", "--"])
        try daemon.waitForLog("warning: MaxClients=1000 needs ")
        try daemon.waitForLog("but the limit is 512: raise LimitNOFILE")
    }

    @Test func theSoftLimitIsRaisedToTheHardOne() throws {
        let daemon = try daemon("", launcher: ["prlimit", "--nofile=256:2000", "--"])
        try daemon.waitForLog("info: up to 2000 open files")
        let limits = try Command.succeed(["cat", "/proc/\(daemon.process.id)/limits"])
        let line = limits.split(separator: "\n").first { $0.hasPrefix("Max open files") }
        #expect(line?.split(separator: " ").dropFirst(3).first == "2000")
    }

    @Test func theLimitIsRaisedBeforeTheListenersOpen() throws {
        let addresses = (1...300).map { "127.0.\(1 + $0 / 200).\(1 + $0 % 200)" }
        let daemon = try DaemonProcess(
            starting: """
                [Host1]
                Hosts=a.test
                BindIpAddr=\(addresses.joined(separator: ","))
                BindNonPort=auto
                Handler=echo
                """, launcher: ["prlimit", "--nofile=256:2000", "--"])
        try daemon.waitForStatus("1 of 1 host up, 300 listeners")
        // Too many for a record each.
        try daemon.waitForLog("info: 300 listeners are open")
    }

    @Test func systemdHearsADaemonWhoseClientsTakeAllDescriptors() throws {
        let daemon = try daemon(
            "",
            launcher: [
                "prlimit", "--nofile=64:64", "--", "sh", "-c",
                "export WATCHDOG_PID=$$; exec \"$@\"", "sh",
            ], environment: ["WATCHDOG_USEC": "400000"])
        let crowd = try (0..<120).map { _ in try daemon.plainClient() }
        try daemon.waitForLog("is paused")
        let before = daemon.notify.datagrams.count { $0 == "WATCHDOG=1" }
        try daemon.wait("five more signs of life") {
            daemon.notify.datagrams.count { $0 == "WATCHDOG=1" } >= before + 5
        }
        #expect(try crowd[0].echoes("still"))
    }

    private func daemon(
        _ server: String, launcher: [String] = [], environment: [String: String] = [:]
    ) throws -> DaemonProcess {
        let directory = try TemporaryDirectory()
        let pair = try Certificates(in: directory).pair("a.test")
        return try DaemonProcess(
            """
            [Server]
            Workers=2
            \(server)
            [Host1]
            Hosts=a.test
            BindIpAddr=127.0.0.1
            BindNonPort=auto
            BindSslPort=auto
            \(pair.settings)
            Handler=echo
            """, in: directory, launcher: launcher, environment: environment)
    }
}
