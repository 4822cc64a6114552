internal import EventLoops
internal import Glibc
internal import HandlerAPI
internal import NetworkTypes
internal import Platform

extension Connection {
    /// Does what ``Client/run(_:)`` says.
    func serve(with program: Program) async throws -> ProgramEnd {
        guard let launcher = Program.launcher else { throw ProgramError.noLauncher }
        try await flush()
        if let error = earlyWake.flatMap(error) { throw vainly(error) }
        do throws(SystemError) {
            // Bytes that were read already no program finds in the socket.
            guard tls == nil, extras?.isEmpty != false else {
                let (run, peer) = try connect(program, launcher)
                return await relay(to: peer, of: run)
            }
            return await serve(handingOverTo: try handOver(to: program, launcher))
        } catch {
            throw ProgramError(reason: error.description)
        }
    }

    // The socket itself.

    /// Gives the socket to a program as its own.
    ///
    /// Whether a descriptor blocks belongs to the open file, which both have: it blocks while the
    /// program has it, and nothing here reads from it or writes to it then.
    private func handOver(
        to program: Program, _ launcher: String
    ) throws(SystemError) -> ProgramRun {
        loop.unwatch(socket.number)
        do throws(SystemError) {
            try socket.setBlocking(true)
            let run = try ProgramRun(
                program, launcher: launcher, conversation: socket.number, for: self)
            try run.watchHangUp(of: socket.number)
            return run
        } catch {
            takeBack()
            throw error
        }
    }

    private func serve(handingOverTo run: ProgramRun) async -> ProgramEnd {
        let end = await run.wait()
        streak = 0
        // The program has read and written; the kernel knows how much.
        if let totals = socket.totals { (bytesIn, bytesOut) = totals }
        takeBack()
        return end
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

    // A pair of sockets.

    /// Starts a program at the other end of a pair of sockets.
    private func connect(
        _ program: Program, _ launcher: String
    ) throws(SystemError) -> (ProgramRun, Connection) {
        guard let host else { preconditionFailure("only a client that is served has a program") }
        var number: CInt = -1
        let ours = try StreamSocket(pairedWith: &number)
        let theirs = FileDescriptor(adopting: number)
        let run = try ProgramRun(
            program, launcher: launcher, conversation: theirs.number, for: self)
        let peer = Connection(
            pairing: ours,
            for: Dialer(
                worker: worker, host: host, listener: listener, owner: self, whenClosed: nil))
        do throws(SystemError) {
            try peer.beginAsPair()
        } catch {
            run.abandon()
            throw error
        }
        return (run, peer)
    }

    private enum Direction {
        case input, output
    }

    /// Passes bytes on both ways until the program has ended and all that it has said is sent.
    private func relay(to peer: Connection, of run: ProgramRun) async -> ProgramEnd {
        await withTaskGroup(of: Direction.self) { group in
            group.addTask { await self.passInput(to: peer, of: run) }
            group.addTask { await self.passOutput(from: peer, of: run) }
            let end = await run.wait()
            // Whoever has escaped from the group and kept the socket is not waited for.
            peer.socket.endInput()
            for await direction in group where direction == .output { group.cancelAll() }
            return end
        }
    }

    private func passInput(to peer: Connection, of run: ProgramRun) async -> Direction {
        do {
            while try await read({ peer.send($0) }), !Task.isCancelled {
                // Of a client whose program reads no more the end is still to be seen.
                try? await peer.flush()
            }
            try? await peer.finishSending()
            run.inputHasEnded()
        } catch {
            run.clientIsGone()
        }
        return .input
    }

    private func passOutput(from peer: Connection, of run: ProgramRun) async -> Direction {
        do {
            do {
                while try await peer.read({ send($0) }) { try await flush() }
            } catch ClientError.disconnected where failure == nil {
                // It has left unread what its client sent; all that it said has come.
            }
            // A program that dies ends its side too: how it has ended says how the client ends.
            if await !run.endsSoon() { try await finishSending() }
        } catch {
            run.clientIsGone()
        }
        return .output
    }
}

extension Program {
    /// The descriptors that a program may have open unless it asks for more: with more than that
    /// select(2) fails, so programs that want more raise the soft limit themselves.
    private static let fileLimit: UInt64 = 1_024

    /// The words of the launcher's command line, without its own name; `own` is the limit of this
    /// process, whose soft one was raised at the start.
    func launcherWords(_ own: FileLimit) -> [String] {
        var limits = limits
        if limits[.descriptors] == nil {
            limits[.descriptors] = ProgramLimit(
                soft: min(Program.fileLimit, own.hard), hard: own.hard)
        }
        var words = [Program.launcherVersion]
        words += limits.map { resource, limit in
            "l\(resource.rawValue)=\(Program.word(limit.soft)):\(Program.word(limit.hard))"
        }
        if niceness != 0 { words.append("n\(niceness)") }
        words.append("m\(String(fileModeMask, radix: 8))")
        if let account {
            words.append("s" + account.groups.map(String.init).joined(separator: ","))
            words.append("g\(account.group)")
            if let user = account.user { words.append("u\(user)") }
        }
        return words + ["d\(directory)", "p\(getpid())", "--", path] + arguments
    }

    private static func word(_ limit: UInt64?) -> String { limit.map(String.init) ?? "-" }
}
