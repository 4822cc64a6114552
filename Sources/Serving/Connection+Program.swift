internal import EventLoops
internal import HandlerAPI

extension Connection {
    /// Does what ``run(_:)`` says.
    func serve(with program: Program) async throws -> ProgramEnd {
        guard let launcher = Program.launcher else { throw ProgramError.noLauncher }
        try await flush()
        if isCut { throw ClientError.cancelled }
        let run: ProgramRun
        do throws(SystemError) {
            run = try handOver(to: program, launcher)
        } catch {
            takeBack()
            throw ProgramError(reason: error.description)
        }
        let end = await run.wait()
        takeBack()
        return end
    }

    /// Gives the socket to a program as its own.
    ///
    /// Whether a descriptor blocks belongs to the open file, which both have: it blocks while the
    /// program has it, and nothing here reads from it or writes to it then.
    private func handOver(
        to program: Program, _ launcher: String
    ) throws(SystemError) -> ProgramRun {
        loop.unwatch(socket.number)
        try socket.setBlocking(true)
        let run = try ProgramRun(
            program, launcher: launcher, conversation: socket.number, for: self)
        do {
            try run.watchHangUp(of: socket.number)
        } catch {
            run.abandon()
            throw error
        }
        return run
    }

    /// Goes on with the socket when the program is done with it.
    private func takeBack() {
        do {
            try socket.setBlocking(false)
            try loop.watch(socket.number, for: source, watchesOutput ? .inputAndOutput : .input)
        } catch {
            _ = fail(.disconnected(reason: error.description))
        }
        mayRead = true
    }
}

extension Program {
    /// The descriptors that a program may have open unless it asks for more: with more than that
    /// select(2) fails, so programs that want more raise the soft limit themselves.
    private static let fileLimit: UInt64 = 1_024

    /// The words of the launcher's command line, without its own name.
    ///
    /// - Parameter own: the limit of this process, whose soft one was raised at the start.
    func launcherWords(_ own: FileLimit) -> [String] {
        var limits = limits
        if limits[.descriptors] == nil {
            limits[.descriptors] = ProgramLimit(
                soft: min(Program.fileLimit, own.hard), hard: own.hard)
        }
        var words = limits.map { resource, limit in
            "l\(resource.rawValue)=\(Program.word(limit.soft)):\(Program.word(limit.hard))"
        }
        if niceness != 0 { words.append("n\(niceness)") }
        words.append("m\(String(fileModeMask, radix: 8))")
        if let account {
            words.append("s" + account.groups.map(String.init).joined(separator: ","))
            words.append("g\(account.group)")
            if let user = account.user { words.append("u\(user)") }
        }
        return words + ["d\(directory)", "--", path] + arguments
    }

    private static func word(_ limit: UInt64?) -> String { limit.map(String.init) ?? "-" }
}
