internal import HandlerAPI

/// Serves each client with a program of its own, as inetd(8) and the UCSPI tools do.
struct ExecHandler: Handler {
    static let name = "exec"
    static let summary = "runs a program for each client (UCSPI)"
    static let traits = HandlerTraits(
        extraDescriptors: 1,
        requiredKey: .init(exec, question: "Program, an absolute path, and its arguments"))

    /// The exit statuses of the launcher, and of shells, when a program cannot be started: the client got nothing.
    private static let startFailures: ClosedRange<CInt> = 125...127

    private let program: Program
    private let slots: ProgramSlots

    init(_ options: HandlerOptions) throws {
        self.init(try ExecReader(options).program(), limit: options[Self.execMax])
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
