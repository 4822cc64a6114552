import Glibc
import Platform
import TestSupport
import Testing

/// Ten thousand clients of programs and of modules leave nothing behind.
@Suite struct ProgramLeakScenarios {
    /// Where a daemon listens.
    struct Ports: Sendable {
        let plain: UInt16
        let tls: UInt16?

        func plainClient() throws -> PlainClient { try PlainClient(to: "127.0.0.1", port: plain) }

        /// A TLS client, a plain one where nobody listens for TLS.
        func tlsClient() throws -> any TestClient {
            guard let tls else { return try plainClient() }
            return try TLSClient(to: "127.0.0.1", port: tls, name: "a.test")
        }
    }

    private let programs: ProgramHosts

    init() throws {
        programs = try ProgramHosts()
    }

    @Test func clientsOfProgramsLeaveNothing() throws {
        let program = programs.directory("probe")
        try Command.succeed([
            "cc", "-O1", "-static", "-o", program,
            ModuleBuild.root + "/Tests/Fixtures/programs/probe.c",
        ])
        let daemon = try programs.daemon(program, level: "info")
        try expectNothingLeft(of: daemon, after: 500, and: 10_000, Self.meetProgram)
    }

    private static func meetProgram(_ ports: Ports, number: Int) throws {
        let kinds = ["echo", "fail", "crash", "wait", "flood", "", "echo", "fail", "", "wait"]
        // Few leave children: how soon a group is empty depends on process 1, which reaps them.
        let kind = number % 400 == 399 ? "child" : kinds[number % kinds.count]
        let client: any TestClient =
            number % 10 == 0 ? try ports.tlsClient() : try ports.plainClient()
        try client.send(kind + "\n")
        switch kind {
        case "wait":
            _ = try client.firstLine()
            (client as? PlainClient)?.reset()
            (client as? TLSClient)?.reset()
        case "flood": client.close()
        case "crash": _ = try client.receiveToEnd()
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
        try expectNothingLeft(of: daemon, after: 500, and: 10_000, Self.meetModule)
    }

    private static func meetModule(_ ports: Ports, number: Int) throws {
        let client = try ports.plainClient()
        // One that fails in `open` may be gone before it is spoken to.
        try? client.send(number % 5 == 0 ? "flood 100000\n" : "close\n")
        if number % 7 == 0 {
            client.reset()
        } else if number % 5 != 0 {
            _ = try? client.receiveAll()
        }
    }

    private typealias Meeting = @Sendable (Ports, Int) throws -> Void

    /// Meets clients, four at a time, until there have been `count`, of whom the daemon has `before`
    /// behind it.
    private func meet(
        _ daemon: DaemonProcess, _ count: Int, after before: Int = 0, _ one: @escaping Meeting
    ) throws {
        let ports = Ports(plain: try daemon.plainPort(), tls: try? daemon.tlsPort())
        let failure = Lock<String?>(nil)
        let lanes = 4
        let threads = try (0..<lanes).map { lane in
            try Platform.Thread(name: "clients") {
                do {
                    for number in stride(from: before + lane, to: count, by: lanes) {
                        try one(ports, number)
                    }
                } catch {
                    failure.withLock { $0 = "\(error)" }
                }
            }
        }
        for thread in threads { thread.join() }
        if let failure = failure.withLock({ $0 }) { throw TestFailure(failure) }
        try daemon.waitForStatus(" 0 clients, \(count) accepted")
    }

    private func expectNothingLeft(
        of daemon: DaemonProcess, after first: Int, and count: Int, _ one: @escaping Meeting
    ) throws {
        try meet(daemon, first, one)
        let (descriptors, memory) = (try daemon.descriptorCount, try daemon.memory)
        try meet(daemon, first + count, after: first, one)
        try daemon.wait("the end of all children") { try !daemon.hasChildren }
        // The status may come just before the last descriptor is closed.
        try daemon.wait("no more than \(descriptors) descriptors are left") {
            try daemon.descriptorCount <= descriptors
        }
        let growth = try daemon.memory - memory
        #expect(growth < 1_024 || Sanitizer.isOn, "\(growth) KiB more")
        #expect(try daemon.stop() == .exited(0))
    }
}
