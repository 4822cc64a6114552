import Glibc
import TestSupport
import Testing

/// Hosts that shared objects serve.
@Suite struct ModuleScenarios {
    private let directory: TemporaryDirectory
    private let certificates: Certificates

    init() throws {
        directory = try TemporaryDirectory()
        certificates = try Certificates(in: directory)
    }

    private func daemon(
        _ module: String, options: [String] = [], keys: String = "", server: String = ""
    ) throws -> DaemonProcess {
        try DaemonProcess(
            """
            [Server]
            LogLevel=debug
            Workers=2
            \(server)
            [Host1]
            Hosts=a.test
            HostTag=MODULE
            BindIpAddr=127.0.0.1
            BindNonPort=auto
            BindSslPort=auto
            \(try certificates.pair("a.test").settings)
            Handler=module
            Module=\(module)
            \(options.map { "ModuleOption=\($0)" }.joined(separator: "\n"))
            \(keys)
            """, in: directory)
    }

    private func probe(
        error: String = "", keys: String = "", server: String = ""
    ) throws -> DaemonProcess {
        try daemon(
            ModuleBuild.compile(ModuleBuild.probe, in: directory),
            options: ["trace=\(directory("trace"))", "error=\(error)"], keys: keys, server: server)
    }

    /// The lines that the module has written to its trace.
    private var trace: [String] {
        get throws {
            try Command.succeed(["cat", directory("trace")]).split(separator: "\n").map(String.init)
        }
    }

    private func ask(_ client: any TestClient, _ command: String, _ answer: String) throws {
        try client.send(command + "\n")
        #expect(
            try String(decoding: client.receive(atLeast: answer.utf8.count + 1), as: UTF8.self)
                == answer + "\n")
    }

    private func plain(_ daemon: DaemonProcess) throws -> PlainClient {
        let client = try daemon.plainClient()
        _ = try client.receive(atLeast: 6)
        return client
    }

    @Test func theExampleInCSendsBackAllThatItGets() throws {
        let daemon = try daemon(ModuleBuild.compile("Examples/Modules/echo.c", in: directory))
        let bytes = (0..<3 << 20).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 8) }
        #expect(try daemon.plainClient().exchange(bytes) == bytes)
        #expect(try daemon.tlsClient(name: "a.test").exchange(bytes) == bytes)
    }

    /// With the runtime of the daemon, and with one of its own.
    @Test(
        .enabled(if: !Sanitizer.isOn, "two Swift runtimes, one of them without a sanitizer"),
        arguments: [[], ["-static-stdlib"]])
    func theExampleInSwiftGreets(_ flags: [String]) throws {
        let module = try ModuleBuild.compileSwift(
            "Examples/Modules/Greeting.swift", in: directory, flags)
        let daemon = try daemon(module, options: ["text=Good day"])
        let client = try daemon.plainClient()
        try client.send("J")
        #expect(try client.receive(atLeast: 14) == Array("Who are you?\r\n".utf8))
        try client.send("o\r\n")
        #expect(try client.receiveText() == "Good day, Jo.\r\n")
        try daemon.waitForLog("served")
    }

    @Test func tellsWhatItKnowsOfAClient() throws {
        let daemon = try probe()
        let client = try plain(daemon)
        try ask(client, "fact 1", "9 127.0.0.1")
        try ask(
            client, "fact 4", "\(String(try daemon.plainPort()).count) \(try daemon.plainPort())")
        try ask(client, "fact 5", "6 MODULE")
        try ask(client, "fact 7", "0 ")
        try ask(client, "fact 99", "0 ")
        let secure = try daemon.tlsClient(name: "a.test")
        _ = try secure.receive(atLeast: 6)
        try ask(secure, "fact 6", "6 a.test")
        try ask(secure, "fact 7", "7 TLSv1.3")
        try ask(client, "log Zm9v", "logged")
        try daemon.waitForLog("Zm9v")
        #expect(daemon.log("Zm9v").first?.contains("notice: client 127.0.0.1") == true)
    }

    @Test func waitsForRoomAndForTime() throws {
        let daemon = try probe()
        let client = try plain(daemon)
        // More than the kernel takes, and than may be unsent.
        try client.send("flood 50000000\n")
        #expect(try client.receive(atLeast: 50_000_000).count == 50_000_000)
        try ask(client, "timer 1", "timer")
        try ask(client, "close", "bye")
        #expect(try client.receiveAll() == [])
        client.close()
        try daemon.wait("close") { try trace.last == "close 0" }
    }

    @Test func aClientThatReadsNothingIsNotPiledUp() throws {
        let daemon = try probe()
        let client = try plain(daemon)
        let memory = try daemon.memory
        try client.send("flood 500000000\n")
        try waitUntilReady(client.descriptor, POLLIN, "the first bytes")
        let other = try plain(daemon)
        for _ in 0..<20 { try ask(other, "timer 1", "timer") }
        let growth = try daemon.memory - memory
        #expect(growth < 8 * 1024 || Sanitizer.isOn, "\(growth) KiB more")
    }

    @Test func upgradesToTLSWhereTheHostOffersIt() throws {
        let daemon = try probe(keys: "AuthSslCmd=True")
        let client = try plain(daemon)
        try ask(client, "tls", "go")
        let secure = try TLSClient(over: client, name: "a.test")
        #expect(try secure.receive(atLeast: 7) == Array("secure\n".utf8))
        try ask(secure, "fact 7", "7 TLSv1.3")
        try ask(secure, "tls", "no")
        secure.close()
        let other = try probe()
        try ask(plain(other), "tls", "no")
    }

    /// A module's timer is its own: a handshake that does not come is an end.
    @Test func silentHandshakesEndAndFreezeNoLoop() throws {
        let daemon = try probe(keys: "AuthSslCmd=True", server: "HandshakeTimeout=200ms")
        let silent = try (0..<4).map { _ in
            let client = try plain(daemon)
            try ask(client, "tls", "go")
            return client
        }
        try daemon.waitForLog("timed out", count: silent.count)
        for client in silent { #expect(try client.receiveAll() == []) }
        // One each for both loops, at least.
        for _ in 0..<4 { try ask(plain(daemon), "close", "bye") }
        try daemon.wait("eight ends") { try trace.count { $0.hasPrefix("close ") } == 8 }
        #expect(try trace.count { $0 == "close 2" } == silent.count)
    }

    @Test func tellsTheModuleWhyAClientEnds() throws {
        let daemon = try probe()
        let ended = try plain(daemon)
        ended.endOutput()
        #expect(try ended.receiveText() == "end\n")
        try daemon.wait("the end") { try trace.last == "close 1" }
        try plain(daemon).reset()
        try daemon.wait("the reset") { try trace.last == "close 2" }
        let kept = try plain(daemon)
        daemon.process.send(SIGTERM)
        try daemon.waitForLog("stopping")
        daemon.process.send(SIGTERM)
        #expect(try kept.receiveAll() == [])
        #expect(try daemon.process.waitForEnd() == .exited(0))
        #expect(try trace == ["load", "close 1", "close 2", "close 3", "unload"])
    }

    @Test(arguments: ["open", "data", "writable", "timer", "close"])
    func anErrorOfAFunctionEndsItsClientAndIsRecorded(_ function: String) throws {
        let daemon = try probe(error: function)
        let client = try daemon.plainClient()
        switch function {
        case "writable": try client.send("flood 50000000\n")
        case "timer": try client.send("timer 1\n")
        // It goes by itself, and a send would take the reset that is looked for below.
        case "open": break
        default: try client.send("close\n")
        }
        let end = try client.receiveToEnd()
        #expect(end.isWhole == (function == "close"))
        try daemon.waitForLog("\(function) of \(directory("module.so")) returned -5")
        #expect(daemon.log("returned -5").allSatisfy { $0.hasPrefix("error: client 127.0.0.1") })
        #expect(daemon.process.isRunning)
    }

    /// A shared object that cannot serve, and what is said of it.
    enum BadModule: CaseIterable {
        case missing, relative, unset, text, directory, fifo, version, entry, machine, cut, load
    }

    @Test(arguments: BadModule.allCases)
    func aModuleThatCannotServeIsAMistakeWithItsPlace(_ kind: BadModule) throws {
        let (module, message) = try bad(kind)
        let text = """
            [Host1]
            Hosts=a.test
            BindIpAddr=127.0.0.1
            BindNonPort=auto
            Handler=module
            Module=\(module)
            ModuleOption=error=load
            ModuleOption=b c
            """
        let file = try directory.write(text, to: "c.conf")
        let check = try Icshostd.run("check", "--config", file)
        #expect(check.end == .exited(1))
        #expect(check.errors.contains("\(file):6:"), "\(check.errors)")
        #expect(check.errors.contains("error: \(message)"), "\(check.errors)")
    }

    private func bad(_ kind: BadModule) throws -> (module: String, message: String) {
        let path = directory("module.so")
        let none = "Module: cannot open /no/such.so: No such file or directory"
        switch kind {
        case .missing: return ("/no/such.so", none)
        case .relative:
            return ("lib/a.so", "Module: must be an absolute path, not \"lib/a.so\"")
        case .unset: return ("", "Module: name the shared object")
        case .text:
            try directory.write("not a module, but long enough\n", to: "module.so")
            return (path, "Module: \(path) is not a shared object")
        case .directory:
            return (directory.path, "Module: \(directory.path) is not a regular file")
        case .fifo:
            try Command.succeed(["mkfifo", path])
            return (path, "Module: \(path) is not a regular file")
        case .version:
            _ = try ModuleBuild.compile(ModuleBuild.probe, in: directory, "-DVERSION=77")
            return (path, "Module: \(path) has version 77 of icshostd_module.h, this daemon has 1")
        case .entry:
            _ = try ModuleBuild.compile(ModuleBuild.probe, in: directory, "-DWITHOUT_ENTRY")
            return (path, "Module: \(path) has no function icshostd_module_entry")
        case .machine:
            _ = try ModuleBuild.compile(ModuleBuild.probe, in: directory)
            // e_machine of elf(5): s390.
            try Command.succeed([
                "sh", "-c", "printf '\\026\\000' | dd of=\(path) bs=1 seek=18 conv=notrunc",
            ])
            return (path, "Module: \(path) is for another machine: 64 bit, machine 22, not 64 bit")
        case .cut:
            _ = try ModuleBuild.compile(ModuleBuild.probe, in: directory)
            // Its header and the table of its segments are whole.
            try Command.succeed(["truncate", "-s", "3000", path])
            return (path, "Module: \(path) is truncated: it has only 3000 bytes")
        case .load:
            _ = try ModuleBuild.compile(ModuleBuild.probe, in: directory)
            return (path, "Module: load of \(path) returned -5: Host1 has 2 options")
        }
    }
}
