internal import HandlerAPI

/// Serves each client with a program of its own, as inetd(8) and the UCSPI tools do.
struct ExecHandler: Handler {
    static let name = "exec"
    static let summary = "runs a program for each client (UCSPI)"
    static let traits = HandlerTraits(
        extraDescriptors: 1,
        requiredKey: .init("Exec", question: "Program and its arguments, with its whole path"))

    static let keys =
        [
            HandlerKey(
                "Exec", .text, default: "",
                help: "the program's absolute path and its arguments, quoted where they have blanks"
            ),
            HandlerKey(
                "ExecUser", .text, default: "", help: "its user, by name or number; blank: ours"),
            HandlerKey(
                "ExecGroup", .text, default: "", help: "its group; blank: that of the user"),
            HandlerKey("ExecDir", .path, default: "/", help: "where it starts"),
            HandlerKey(
                "ExecNice", .integer(-40...39), default: "0",
                help: "what is added to our nice value; below 0 takes CAP_SYS_NICE"),
            HandlerKey("ExecUmask", .mode, default: "022", help: "permissions its files never get"),
            HandlerKey(
                "ExecEnvironment", .texts, default: "",
                help: "NAME=value; may be given again and again"),
            HandlerKey(
                "ExecMax", .integer(1...100_000), default: "100",
                help: "programs at one time; who comes then is turned away"),
            HandlerKey(
                "ExecKillTime", .duration(upTo: .seconds(3600)), default: "5s",
                help: "how long it may take to end after SIGTERM"),
            HandlerKey(
                "ExecEndTime", .duration(upTo: .seconds(86_400)), default: "5m",
                help: "how long it may go on when the client has ended its side; 0: no limit"),
        ]
        + ProgramResource.allCases.map { resource in
            HandlerKey(resource.key, .text, default: "", help: resource.help)
        }

    /// The exit statuses of the launcher, and of shells, when a program cannot be started: the client got nothing.
    private static let startFailures: ClosedRange<CInt> = 125...127

    private let program: Program
    private let slots: ProgramSlots

    init(_ options: HandlerOptions) throws {
        self.init(try ExecReader(options).program(), limit: options.integer("ExecMax"))
    }

    /// Runs a program, at most so many times at once.
    init(_ program: Program, limit: Int) {
        self.program = program
        slots = ProgramSlots(limit)
    }

    func serve(_ client: Client) async throws -> Afterwards {
        guard slots.take() else {
            client.log(.notice, "turned away: there are \(slots.limit) programs already (ExecMax)")
            return .abort
        }
        defer { slots.release() }
        var program = program
        program.environment.merge(UCSPIEnvironment.variables(of: client)) { own, _ in own }
        let end = try await client.run(program)
        switch end {
        case .exited(status: 0):
            client.log(.debug, "\(program.path) has ended")
            return .close
        case .exited(let status):
            client.log(.notice, "\(program.path) ended with status \(status)")
            return ExecHandler.startFailures.contains(status) ? .abort : .close
        case .killed(let signal):
            client.log(.warning, "\(program.path) was killed by signal \(signal)")
            return .abort
        case .stopped:
            client.log(.info, "\(program.path) was stopped")
            return .abort
        }
    }
}
