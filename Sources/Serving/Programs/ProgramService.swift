internal import EventLoops
internal import HandlerAPI
internal import Platform

/// Serves a client with a program: over the client's own socket, or, where the server has to decrypt or
/// has read bytes already, over a pair of sockets.
struct ProgramService {
    let client: Connection
    let program: Program

    /// Implements ``Client/run(_:)``.
    func run() async throws -> ProgramEnd {
        guard let launcher = Program.launcher else { throw ProgramError.noLauncher }
        client.lendOutput()
        defer { client.takeOutputBack() }
        try await client.flush()
        if let error = client.earlyWake.flatMap(client.error) { throw client.vainly(error) }
        do throws(SystemError) {
            guard client.mayLendSocket else {
                let (run, peer) = try startWithPair(launcher)
                return await relay(peer, of: run)
            }
            return await wait(for: try startWithSocket(launcher))
        } catch {
            throw ProgramError(reason: error.description)
        }
    }

    // The socket itself.

    private func startWithSocket(_ launcher: String) throws(SystemError) -> ProgramRun {
        do throws(SystemError) {
            let number = try client.lendSocket()
            let run = try ProgramRun(
                program, launcher: launcher, conversation: number, for: client)
            try run.watchHangUp(of: number)
            return run
        } catch {
            client.reclaimSocket()
            throw error
        }
    }

    private func wait(for run: ProgramRun) async -> ProgramEnd {
        let end = await run.wait()
        client.beginTurn()
        client.countLoan()
        client.reclaimSocket()
        return end
    }

    // A pair of sockets.

    private func startWithPair(
        _ launcher: String
    ) throws(SystemError) -> (ProgramRun, Connection) {
        guard let host = client.host else {
            preconditionFailure("only a client that is served has a program")
        }
        var number: CInt = -1
        let ours = try StreamSocket(pairedWith: &number)
        let theirs = FileDescriptor(adopting: number)
        let run = try ProgramRun(
            program, launcher: launcher, conversation: theirs.number, for: client)
        let peer = Connection(
            pairing: ours,
            for: Dialer(
                worker: client.worker, host: host, listener: client.listener, owner: client,
                whenClosed: nil))
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

    /// Passes bytes both ways until the program has exited and all its output is sent.
    private func relay(_ peer: Connection, of run: ProgramRun) async -> ProgramEnd {
        await withTaskGroup(of: Direction.self) { group in
            group.addTask { await passInput(to: peer, of: run) }
            group.addTask { await passOutput(from: peer, of: run) }
            let end = await run.wait()
            // A process that has left the group and kept the socket is not waited for.
            peer.socket.endInput()
            for await direction in group where direction == .output { group.cancelAll() }
            return end
        }
    }

    private func passInput(to peer: Connection, of run: ProgramRun) async -> Direction {
        do {
            while try await client.read({ peer.send($0) }), !Task.isCancelled {
                // A program that reads no more may still write, and its client still has to be watched.
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
                while try await peer.read({ client.send($0) }) { try await client.flush() }
            } catch ClientError.disconnected where client.failure == nil {
                // It exited with unread input; all its output has arrived.
            }
            // A program that dies ends its output too: its exit decides how the client ends.
            if await !run.endsSoon() { try await client.finishSending() }
        } catch {
            run.clientIsGone()
        }
        return .output
    }
}

/// The loan of a plain client's socket to a program.
extension Connection {
    /// Whether a program can have the socket: not TLS, and not after bytes were read that the program
    /// would miss.
    var mayLendSocket: Bool { tls == nil && extras?.isEmpty != false }

    /// Leaves the socket to a program, in blocking mode as programs expect; call ``reclaimSocket()``
    /// afterwards, also when this throws.
    ///
    /// The mode belongs to the open file, which both have: nothing here reads or writes meanwhile.
    func lendSocket() throws(SystemError) -> CInt {
        loop.unwatch(socket.number)
        try socket.setBlocking(true)
        return socket.number
    }

    /// Uses the socket again.
    func reclaimSocket() {
        do {
            try socket.setBlocking(false)
            try loop.watch(
                socket.number, for: source, has(.outputWatched) ? .inputAndOutput : .input)
        } catch {
            _ = fail(.disconnected(reason: error.description))
        }
        raise(.readable)
    }

    /// Counts what the program has read and written, which the kernel knows.
    func countLoan() {
        if let totals = socket.totals { (bytesIn, bytesOut) = totals }
    }
}
