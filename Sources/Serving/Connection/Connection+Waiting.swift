internal import EventLoops
internal import HandlerAPI
internal import Platform
internal import Synchronization

extension Connection {
    /// Whether a read may find something now.
    var isWorthReading: Bool { has(.readable) && !has(.sendsFirst) }

    /// Whether the client's turn is over: the handler of a peer that always has something to read, or
    /// always takes more, would never wait.
    var mustYield: Bool { turn > Connection.turnLimit }

    /// Reads and sends in a turn.
    static let turnLimit: UInt8 = 32
    /// Where the count of them stops.
    static let turnEnd: UInt8 = 64

    /// Notes whose handler is running, for the record of a loop that hangs (``LoopWatch``).
    func noteHandler() { worker.lastServed.store(hostNumber, ordering: .relaxed) }

    func yield() async {
        if !has(.waitedInVain) {
            beginTurn()
        } else if isPastReason {
            await sleepForGood()
        }
        await Task.yield()
    }

    /// Sleeps until the process ends: nothing else stops a task that does not want to.
    func sleepForGood() async {
        let client = user
        client.close(client.cutReason)
        // The task holds it, and with it the descriptor.
        client.socket.reset()
        unsafe await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
    }

    /// Notes that the cut found the handler waiting for input and nothing unsent: it interrupts nothing.
    func noteIdleCut() {
        if cutState == .underWay, backlog == nil { cutState = .idle }
    }

    /// What a wait would end with if it began now, nil when it must park.
    var earlyWake: Wake? {
        if isCut { return .cancelled }
        return has(.timedOut) ? .timedOut : nil
    }

    /// Whether the running task is the client's own and not a child of it.
    var isOwnTask: Bool {
        guard let task else { return role.dialed?.owner?.isOwnTask ?? false }
        return CurrentTask.isRunning(task)
    }

    func wakeReader(_ wake: Wake) {
        guard let waiting = unsafe reader else { return }
        beginTurn()
        unsafe reader = nil
        unsafe waiting.resume(returning: wake)
    }

    /// Resumes the task that waits to write; returns whether there was one.
    @discardableResult func wakeWriter(_ wake: Wake) -> Bool {
        guard let backlog, let waiting = unsafe backlog.writer else { return false }
        noteHandler()
        beginTurn()
        unsafe backlog.writer = nil
        unsafe waiting.resume(returning: wake)
        return true
    }

    func error(for wake: Wake) -> ClientError? {
        switch wake {
        case .ready: nil
        case .timedOut: .timedOut
        case .cancelled: .cancelled
        }
    }

    /// Parks the task, the client's own or a child of it, until there is something to read.
    func waitToRead() async -> Wake {
        guard isOwnTask else { return await waitAsChild(to: .read) }
        precondition(unsafe reader == nil, "one task at a time reads from a client")
        return unsafe await withUnsafeContinuation { unsafe reader = $0 }
    }

    /// Parks a child of the client's task, which alone can be cancelled without the client.
    ///
    /// - Parameter side: whether it waits to read or to write.
    /// - Returns: what ended the wait.
    func waitAsChild(to side: Side) async -> Wake {
        let number = passWaitNumber(side)
        // A cancellation that comes when the wait is over must not hit the next one.
        defer { _ = passWaitNumber(side) }
        return await withTaskCancellationHandler {
            unsafe await withUnsafeContinuation { continuation in
                if Task.isCancelled {
                    unsafe continuation.resume(returning: .cancelled)
                } else {
                    unsafe park(continuation, side)
                }
            }
        } onCancel: {
            loop.perform { self.cancelWait(number, side) }
        }
    }

    private func park(_ continuation: UnsafeContinuation<Wake, Never>, _ side: Side) {
        switch side {
        case .read:
            precondition(unsafe reader == nil, "one task at a time reads from a client")
            unsafe reader = continuation
        case .write:
            guard let backlog else { return unsafe continuation.resume(returning: .ready) }
            precondition(unsafe backlog.writer == nil, "one task at a time writes to a client")
            unsafe backlog.writer = continuation
        }
    }

    private func passWaitNumber(_ side: Side) -> UInt16 {
        let extras = needExtras()
        switch side {
        case .read:
            extras.readNumber &+= 1
            return extras.readNumber
        case .write:
            extras.writeNumber &+= 1
            return extras.writeNumber
        }
    }

    private func cancelWait(_ number: UInt16, _ side: Side) {
        switch side {
        case .read where number == extras?.readNumber: wakeReader(.cancelled)
        case .write where number == extras?.writeNumber: wakeWriter(.cancelled)
        default: break
        }
    }
}
