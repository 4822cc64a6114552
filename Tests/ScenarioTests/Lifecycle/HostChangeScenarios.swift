import Glibc
import TestSupport
import Testing

/// What a reload, or a trouble that goes, makes of a host.
@Suite struct HostChangeScenarios: PlainHosts {
    @Test func anotherTargetIsAnotherHost() throws {
        let ports = try (0..<3).map { _ in try ReservedPort() }
        func text(target: ReservedPort) -> String {
            host("Proxy", ports[0], "proxy") + host("Echo", ports[1], "echo")
                + host("Day", ports[2], "daytime")
                + "[Target1]\nHostTag=Proxy\nTarHost=127.0.0.1\nTarPort=\(target.number)\n"
        }
        let daemon = try DaemonProcess(text(target: ports[1]))
        let early = try client(ports[0])
        #expect(try early.echoes("before"))
        try daemon.reload(text(target: ports[2]))
        #expect(daemon.log("notice: reloaded: 1 host changed").count == 1)
        #expect(try client(ports[0]).receiveText().contains(":"))
        #expect(try early.echoes("finishes where it was"))
    }

    /// The records of hosts of one tag name their sections, those of others do not.
    @Test func hostsOfOneTagAreToldApart() throws {
        let taken = try ReservedPort(isListening: true)
        let ports = try (0..<3).map { _ in try ReservedPort() }
        func shared(_ section: String, _ port: ReservedPort) -> String {
            host(section, port, "echo").replacing("HostTag=\(section)", with: "HostTag=SHOP")
        }
        let alone = host("Alone", ports[2], "echo")
        let daemon = try DaemonProcess(
            alone + shared("One", ports[0]) + shared("Two", ports[1]) + shared("Three", taken))
        for section in ["One", "Two"] {
            try daemon.waitForLog("host SHOP [Host \(section)] is up")
        }
        try daemon.waitForLog("host SHOP [Host Three] is down: ")
        try daemon.waitForLog("host Alone is up")
        try daemon.reload(alone + shared("One", ports[0]))
        try daemon.waitForLog("host SHOP [Host Two] is no longer configured")
    }

    @Test func aNameMovesFromOneHostToAnother() throws {
        let (directory, port) = (try TemporaryDirectory(), try ReservedPort())
        let pair = try Certificates(in: directory).pair("a.test", "b.test", "c.test")
        func text(_ names: String, _ others: String) -> String {
            [("Echo", names, "echo"), ("Day", others, "daytime")].map { section, names, handler in
                host(section, port, handler, pair.settings + "\n")
                    .replacing("BindNonPort", with: "BindSslPort")
                    .replacing("Hosts=*", with: "Hosts=\(names)")
            }.joined()
        }
        let daemon = try DaemonProcess(text("a.test,b.test", "c.test"), in: directory)
        func client(_ name: String) throws -> TLSClient {
            try TLSClient(to: "127.0.0.1", port: port.number, name: name)
        }
        let early = try client("b.test")
        #expect(try early.echoes("before"))
        try daemon.reload(text("a.test", "c.test,b.test"))
        #expect(try client("b.test").receiveText().contains(":"))
        #expect(try client("a.test").echoes("stays"))
        #expect(try early.echoes("finishes where it was"))
        try daemon.reload(text("a.test,b.test", "c.test"))
        #expect(try client("b.test").echoes("is back"))
    }

    @Test func aHostComesUpWhenItsHandlerCan() throws {
        let (directory, port) = (try TemporaryDirectory(), try ReservedPort())
        let program = directory("program")
        let daemon = try DaemonProcess(
            host("Late", port, "exec", "Exec=\(program)\n")
                + host("Echo", try ReservedPort(), "echo"),
            in: directory)
        try daemon.waitForStatus("1 of 2 hosts up")
        #expect(daemon.log("error: host Late is down: ").count == 1)
        try directory.write("#!/bin/sh\necho here\n", to: "new")
        try Command.succeed(["chmod", "755", directory("new")])
        try Command.succeed(["mv", directory("new"), program])
        try daemon.waitForStatus("2 of 2 hosts up")
        #expect(try client(port).receiveText() == "here\n")
        #expect(daemon.log("notice: reloaded").isEmpty)
    }

    @Test func anotherControlSocketTakesARestart() throws {
        let (directory, port) = (try TemporaryDirectory(), try ReservedPort())
        let daemon = try DaemonProcess(host("A", port, "echo"), in: directory)
        try daemon.reload(
            "[Server]\nControlSocket=\(directory("other"))\n" + host("A", port, "echo"))
        let told = daemon.log("warning: ControlSocket takes effect at the next restart")
        #expect(told.count == 1)
        #expect(told.first?.contains("icshostd.conf:2:15: ") == true)
        // It goes on where it was.
        let status = try Command(
            [Icshostd.path, "status", "--control-socket", daemon.controlPath])
        #expect(status.end == .exited(0))
    }

    /// systemd says how many sockets it keeps from version 254 on.
    @Test func moreListenersThanSystemdKeepsAreTold() throws {
        let ports = try (0..<4).map { _ in try ReservedPort() }
        func text(_ count: Int) -> String {
            ports.prefix(count).enumerated().map { host("H\($0)", $1, "echo") }.joined()
        }
        let daemon = try DaemonProcess(text(3), environment: ["FDSTORE": "2"])
        let told = daemon.log("warning: 3 listeners are more than systemd keeps over a restart")
        #expect(told.count == 1)
        // The port of the third one.
        #expect(told.first?.contains("icshostd.conf:19:13: ") == true)
        try daemon.reload(text(4))
        #expect(daemon.log("warning: 4 listeners are more than systemd keeps").count == 1)
        try daemon.reload(text(2))
        #expect(daemon.log("are more than systemd keeps").count == 2)
    }
}
