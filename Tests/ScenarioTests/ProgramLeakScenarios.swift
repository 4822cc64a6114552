import Glibc
import TestSupport
import Testing

/// Thousands of clients of programs and modules leave nothing behind.
@Suite struct ProgramLeakScenarios {
    private let programs: ProgramHosts

    init() throws {
        programs = try ProgramHosts()
    }

    /// Five hundred, where others take ten thousand: each is three execs.
    @Test func clientsOfProgramsLeaveNothing() throws {
        let program = try programs.script(
            """
            read kind
            case $kind in
            echo) echo "$kind" ;;
            fail) echo "$kind" >&2; exit 3 ;;
            crash) kill -SEGV $$ ;;
            child) sleep 1000 & echo "$kind" ;;
            wait) echo "$kind"; sleep 1000 ;;
            flood) head -c 1000000 /dev/zero ;;
            esac
            """)
        let daemon = try programs.daemon(program)
        try expectNothingLeft(of: daemon, after: 100, and: 500, Self.meetProgram)
    }

    private static func meetProgram(_ daemon: DaemonProcess, number: Int) throws {
        let kinds = [
            "echo", "fail", "crash", "wait", "flood", "", "echo", "fail", "child", "", "wait",
        ]
        let kind = kinds[number % kinds.count]
        let isSecure = number % 3 == 0
        let client: any TestClient =
            isSecure ? try daemon.tlsClient(name: "a.test") : try daemon.plainClient()
        try client.send(kind + "\n")
        switch kind {
        case "wait":
            _ = try client.firstLine()
            (client as? PlainClient)?.reset()
            (client as? TLSClient)?.reset()
        case "flood": client.close()
        default: _ = try client.receiveAll()
        }
    }

    @Test(arguments: ["", "open", "data", "close"])
    func clientsOfModulesLeaveNothing(_ error: String) throws {
        let module = try ModuleBuild.compile(ModuleBuild.probe, in: programs.directory)
        let daemon = try DaemonProcess(
            """
            [Server]
            Workers=2
            [Host1]
            Hosts=a.test
            BindIpAddr=127.0.0.1
            BindNonPort=auto
            Handler=module
            Module=\(module)
            ModuleOption=error=\(error)
            """, in: programs.directory)
        try expectNothingLeft(
            of: daemon, after: 500, and: error.isEmpty ? 10_000 : 1_000, Self.meetModule)
    }

    private static func meetModule(_ daemon: DaemonProcess, number: Int) throws {
        let client = try daemon.plainClient()
        // One that fails in `open` may be gone before it is spoken to.
        try? client.send(number % 5 == 0 ? "flood 100000\n" : "close\n")
        if number % 7 == 0 {
            client.reset()
        } else if number % 5 != 0 {
            _ = try? client.receiveAll()
        }
    }

    /// Meets clients until there have been `count`, of whom the daemon has `before` behind it.
    private func meet(
        _ daemon: DaemonProcess, _ count: Int, after before: Int = 0,
        _ one: (DaemonProcess, Int) throws -> Void
    ) throws {
        for number in before..<count { try one(daemon, number) }
        try daemon.waitForStatus(" 0 clients, \(count) accepted")
    }

    private func expectNothingLeft(
        of daemon: DaemonProcess, after first: Int, and count: Int,
        _ one: (DaemonProcess, Int) throws -> Void
    ) throws {
        try meet(daemon, first, one)
        let (descriptors, memory) = (try daemon.descriptorCount, try daemon.memory)
        try meet(daemon, first + count, after: first, one)
        try daemon.wait("the end of all children") {
            try Command.succeed(["sh", "-c", "cat /proc/\(daemon.process.id)/task/*/children"])
                .allSatisfy(\.isWhitespace)
        }
        // The status may come just before the last descriptor is closed.
        try daemon.wait("no more than \(descriptors) descriptors are left") {
            try daemon.descriptorCount <= descriptors
        }
        let growth = try daemon.memory - memory
        #expect(growth < 1_024 || Sanitizer.isOn, "\(growth) KiB more")
        #expect(try daemon.stop() == .exited(0))
    }
}
