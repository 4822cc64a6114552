internal import HandlerAPI

/// Serves each client with a program of its own, as inetd(8) and the UCSPI tools do.
struct ExecHandler: Handler {
    static let name = "exec"
    static let summary = "runs a program for each client (UCSPI)"
    static let traits = HandlerTraits(
        extraDescriptors: 1,
        requiredKey: .init("Exec", question: "Program, an absolute path, and its arguments"))

    static let keys =
        [
            HandlerKey(
                "Exec", .text, default: "",
                help: "The program to run for each client: its absolute path and its arguments, in "
                    + "quotes where they contain blanks."
            ),
            HandlerKey(
                "ExecUser", .text, default: "",
                help:
                    "The user that the program runs as, by name or number. Blank uses the user of "
                    + "the daemon."),
            HandlerKey(
                "ExecGroup", .text, default: "",
                help: "The group that the program runs as, by name or number. Blank uses the group "
                    + "of the user."),
            HandlerKey(
                "ExecDir", .path, default: "/", help: "The working directory of the program."),
            HandlerKey(
                "ExecNice", .integer(-40...39), default: "0",
                help:
                    "The nice value of the program, added to that of the daemon. A negative value "
                    + "needs CAP_SYS_NICE."),
            HandlerKey(
                "ExecUmask", .mode, default: "022", help: "The umask of the program, in octal."),
            HandlerKey(
                "ExecEnvironment", .texts, default: "",
                help: "An environment variable, NAME=VALUE. May be repeated."),
            HandlerKey(
                "ExecMax", .integer(1...100_000), default: "100",
                help: "The maximum number of concurrent programs of the host. Further clients are "
                    + "refused."),
            HandlerKey(
                "ExecKillTime", .duration(upTo: .seconds(3600)), default: "5s",
                help: "How long the program may take to exit after SIGTERM before it is killed, in "
                    + "seconds or with a unit: ms, s, m or h."),
            HandlerKey(
                "ExecEndTime", .duration(upTo: .seconds(86_400)), default: "5m",
                help: "How long the program may run after its client has closed its side, in "
                    + "seconds or with a unit: ms, s, m or h; 0 means no limit."),
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
            client.log(.notice, "refused: \(slots.limit) programs are running already (ExecMax)")
            return .abort
        }
        defer { slots.release() }
        var program = program
        program.environment.merge(UCSPIEnvironment.variables(of: client)) { own, _ in own }
        let end = try await client.run(program)
        switch end {
        case .exited(status: 0):
            client.log(.debug, "\(program.path) exited")
            return .close
        case .exited(let status):
            client.log(.notice, "\(program.path) exited with status \(status)")
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
