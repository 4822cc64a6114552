import Glibc
import TestSupport
import Testing

/// Listening sockets that outlive the daemon: the descriptor store, and socket units.
@Suite struct RestartScenarios {
    @Test(arguments: [SIGTERM, SIGKILL])
    func whoConnectsWhileNoDaemonRunsIsServedByTheNext(_ signal: CInt) throws {
        let directory = try TemporaryDirectory()
        let path = directory("a.sock")
        let text = Self.host("echo", "127.0.0.1,unix:\(path)", "BindNonPort=auto")
        let first = try DaemonProcess(text, in: directory)
        let port = try first.plainPort()
        let long = try first.plainClient()
        #expect(try long.echoes("before"))
        try first.wait("two sockets in the store") { first.notify.stored.count == 2 }
        #expect(
            first.notify.stored.map(\.name).sorted() == [
                "tcp4-127.0.0.1-auto-Host1".lowercased(), "unix-\(path)",
            ])
        long.endOutput()
        _ = try first.stop(with: signal)
        // In the queues now.
        let waiting = try (0..<20).map { _ in try PlainClient(to: "127.0.0.1", port: port) }
        for client in waiting { try client.send("waited") }
        let second = try DaemonProcess(text, in: directory, passed: first.notify.stored)
        #expect(try second.plainPort() == port)
        for client in waiting { #expect(try client.receive(atLeast: 6) == Array("waited".utf8)) }
        let unix = try Command(
            ["socat", "-t5", "-", "UNIX-CONNECT:\(path)"], input: Array("hi".utf8))
        #expect(unix.output == "hi")
        // What is in the store already is not stored again.
        #expect(second.notify.stored.isEmpty)
        #expect(!second.notify.datagrams.contains { $0.hasPrefix("FDSTORE") })
    }

    @Test func whatThePlanNoLongerWantsIsClosedAndForgotten() throws {
        let ports = (try ReservedPort(), try ReservedPort())
        let first = try DaemonProcess(
            Self.host("echo", "0.0.0.0", "BindNonPort=\(ports.0.number)")
                + Self.host("echo", "127.0.0.1", "BindNonPort=\(ports.1.number)", number: 2))
        try first.wait("two sockets in the store") { first.notify.stored.count == 2 }
        _ = try first.stop(with: SIGKILL)
        // Another address of the same port, and the other port not at all.
        let second = try DaemonProcess(
            Self.host("echo", "127.0.0.1", "BindNonPort=\(ports.0.number)"),
            passed: first.notify.stored)
        #expect(try PlainClient(to: "127.0.0.1", port: ports.0.number).echoes("at once"))
        #expect(second.log("is down").isEmpty)
        #expect(throws: TestFailure.self) {
            try PlainClient(to: "127.0.0.1", port: ports.1.number)
        }
        try second.wait("FDSTOREREMOVE") {
            second.notify.datagrams.count { $0.hasPrefix("FDSTOREREMOVE=1\nFDNAME=tcp4-") } == 2
        }
    }

    @Test func aReloadStoresWhatItOpensAndForgetsWhatItCloses() throws {
        let ports = (try ReservedPort(), try ReservedPort())
        let daemon = try DaemonProcess(
            Self.host("echo", "127.0.0.1", "BindNonPort=\(ports.0.number)"))
        try daemon.wait("the first") {
            daemon.notify.stored.map(\.name) == ["tcp4-127.0.0.1-\(ports.0.number)"]
        }
        try daemon.reload(Self.host("echo", "127.0.0.1", "BindNonPort=\(ports.1.number)"))
        try daemon.wait("the second") {
            daemon.notify.stored.map(\.name) == ["tcp4-127.0.0.1-\(ports.1.number)"]
        }
    }

    @Test func aStoredSocketWhosePathIsGoneIsBoundAnew() throws {
        let directory = try TemporaryDirectory()
        let path = directory("a.sock")
        let text = Self.host("echo", "unix:\(path)", "")
        let first = try DaemonProcess(text, in: directory)
        try first.wait("the socket in the store") { first.notify.stored.count == 1 }
        _ = try first.stop(with: SIGKILL)
        unsafe unlink(path)
        let second = try DaemonProcess(text, in: directory, passed: first.notify.stored)
        let unix = try Command(
            ["socat", "-t5", "-", "UNIX-CONNECT:\(path)"], input: Array("hi".utf8))
        #expect(unix.output == "hi")
        try second.wait("the new one in the store") { second.notify.stored.count == 1 }
        let name = "unix-\(path)"
        // Without it systemd would keep the old one beside the new one, for good.
        #expect(
            second.notify.datagrams.filter { $0.hasPrefix("FDSTORE") } == [
                "FDSTOREREMOVE=1\nFDNAME=\(name)", "FDSTORE=1\nFDNAME=\(name)",
            ])
    }

    @Test func whatIsKeptBesideTheSocketInUseIsForgotten() throws {
        let directory = try TemporaryDirectory()
        let path = directory("a.sock")
        let text = Self.host("echo", "unix:\(path)", "")
        let first = try DaemonProcess(text, in: directory)
        try first.wait("the socket in the store") { first.notify.stored.count == 1 }
        let kept = first.notify.stored[0]
        _ = try first.stop(with: SIGKILL)
        let old = try ReservedPort(isListening: true)
        let second = try DaemonProcess(
            text, in: directory,
            passed: [kept, .init(name: kept.name, descriptor: old.descriptor)])
        // The one in use is stored anew.
        try second.wait("one in the store") { second.notify.stored.map(\.name) == [kept.name] }
        #expect(
            second.notify.datagrams.contains("FDSTOREREMOVE=1\nFDNAME=\(kept.name)"))
        let unix = try Command(
            ["socat", "-t5", "-", "UNIX-CONNECT:\(path)"], input: Array("hi".utf8))
        #expect(unix.output == "hi")
    }

    @Test(arguments: [false, true])
    func socketsOfUnitsAreTakenByTheirAddressInAnyOrder(_ isReversed: Bool) throws {
        let ports = try (0..<3).map { _ in try ReservedPort(isListening: true) }
        var passed = zip(["web", "icshostd.socket", "idle"], ports).map {
            DescriptorStore.Entry(name: $0, descriptor: $1.descriptor)
        }
        if isReversed { passed.reverse() }
        let text =
            Self.host("echo", "127.0.0.1", "BindNonPort=\(ports[0].number)")
            + Self.host("daytime", "127.0.0.1", "BindNonPort=\(ports[1].number)", number: 2)
        let daemon = try DaemonProcess(text, passed: passed)
        #expect(try PlainClient(to: "127.0.0.1", port: ports[0].number).echoes("hello"))
        let day = try PlainClient(to: "127.0.0.1", port: ports[1].number)
        #expect(try day.receiveText().contains(":"))
        #expect(daemon.log("a socket unit passed idle (127.0.0.1:").count == 1)
        #expect(daemon.notify.stored.isEmpty)
        // The unit keeps it bound: a later host gets it, and it can come back after it was gone.
        try daemon.reload(
            Self.host("echo", "127.0.0.1", "BindNonPort=\(ports[2].number)", number: 3))
        #expect(try PlainClient(to: "127.0.0.1", port: ports[2].number).echoes("hello"))
        try daemon.reload(text)
        #expect(try PlainClient(to: "127.0.0.1", port: ports[0].number).echoes("again"))
        #expect(daemon.log("is down").isEmpty)
        #expect(!daemon.notify.datagrams.contains { $0.hasPrefix("FDSTORE") })
    }

    @Test func aPassedSocketGetsTheOptionsOfItsHost() throws {
        let port = try ReservedPort(isListening: true)
        // The descriptor here is the same socket.
        func option(_ level: CInt, _ option: CInt) -> CInt {
            var (value, length) = (CInt(-1), socklen_t(MemoryLayout<CInt>.size))
            _ = unsafe getsockopt(port.descriptor, level, option, &value, &length)
            return value
        }
        let text = Self.host("echo", "127.0.0.1", "BindNonPort=\(port.number)")
        let passed = [DescriptorStore.Entry(name: "web", descriptor: port.descriptor)]
        let daemon = try DaemonProcess(text + "KeepAlive=60:7:3\n", passed: passed)
        #expect(option(SOL_SOCKET, SO_KEEPALIVE) == 1)
        #expect(option(CInt(IPPROTO_TCP), CInt(TCP_KEEPIDLE)) == 60)
        #expect(option(CInt(IPPROTO_TCP), CInt(TCP_NODELAY)) == 1)
        try daemon.reload(text + "KeepAlive=False\n")
        try daemon.wait("the option") { option(SOL_SOCKET, SO_KEEPALIVE) == 0 }
        #expect(try PlainClient(to: "127.0.0.1", port: port.number).echoes("hello"))
    }

    @Test func aPathTooLongForANameIsStoredUnderItsHash() throws {
        let directory = try TemporaryDirectory()
        // Each of these letters takes six characters of a name.
        let path = directory("") + String(repeating: "é", count: 38)
        let text = Self.host("echo", "unix:\(path)", "")
        let first = try DaemonProcess(text, in: directory)
        try first.wait("the socket in the store") { first.notify.stored.count == 1 }
        let name = try #require(first.notify.stored.first?.name)
        #expect(name.hasPrefix("unix-") && !name.contains("/"))
        _ = try first.stop(with: SIGKILL)
        let second = try DaemonProcess(text, in: directory, passed: first.notify.stored)
        #expect(second.notify.stored.isEmpty)
        let unix = try Command(
            ["socat", "-t5", "-", "UNIX-CONNECT:\(path)"], input: Array("hi".utf8))
        #expect(unix.output == "hi")
    }

    @Test func whatIsNoListeningSocketIsNotTaken() throws {
        let port = try ReservedPort()
        let datagram = socket(AF_INET, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(datagram) }
        let daemon = try DaemonProcess(
            Self.host("echo", "127.0.0.1", "BindNonPort=\(port.number)"),
            passed: [
                .init(name: "tcp4-127.0.0.1-\(port.number)", descriptor: datagram),
                .init(name: "odd", descriptor: datagram),
            ])
        #expect(try PlainClient(to: "127.0.0.1", port: port.number).echoes("hello"))
        #expect(daemon.log("a socket unit passed odd (no listening socket)").count == 1)
    }

    @Test func systemdIsToldThatADrainTakesLonger() throws {
        let daemon = try DaemonProcess(
            "[Server]\nDrainTimeout=1h\n" + Self.host("echo", "127.0.0.1", "BindNonPort=auto"))
        let client = try daemon.plainClient()
        #expect(try client.echoes("before"))
        daemon.process.send(SIGTERM)
        try daemon.wait("EXTEND_TIMEOUT_USEC", within: .seconds(60)) {
            daemon.notify.datagrams.contains { $0.hasPrefix("EXTEND_TIMEOUT_USEC=10000000") }
        }
        client.endOutput()
        #expect(try daemon.process.waitForEnd() == .exited(0))
    }

    private static func host(
        _ handler: String, _ addresses: String, _ port: String, number: Int = 1
    ) -> String {
        """
        [Host\(number)]
        HostEnabled=True
        Hosts=*
        BindIpAddr=\(addresses)
        \(port)
        Handler=\(handler)

        """
    }
}
