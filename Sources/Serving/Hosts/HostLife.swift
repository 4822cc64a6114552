internal import EventLoops
internal import HandlerAPI
internal import Platform

/// The life of a handler beside its clients: its start, its work in the background, its stop.
final class HostLife: HostContext, @unchecked Sendable {
    // Sendable because all is constant but for what locks.
    private let tag: String
    private let handlerName: String
    private let handler: any LastingHandler
    private let worker: Worker
    private let host: Host
    private let tasks = Lock<[Task<Void, Never>]?>([])

    /// A host that comes up, on one of the loops.
    init(_ host: Host, _ handler: any LastingHandler, on worker: Worker) {
        tag = host.tag
        handlerName = host.handlerName
        self.handler = handler
        self.host = host
        self.worker = worker
    }

    override var hostTag: String { tag }

    override func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
        guard worker.events.wants(level) else { return }
        var event = ServerEvent(.hostRecord, level, hostTag: tag, detail: message())
        event.handler = handlerName
        worker.events.post(event)
    }

    override func inBackground(_ work: @escaping @Sendable () async -> Void) {
        tasks.withLock { tasks in
            // Not after the stop.
            tasks?.append(Task(executorPreference: worker.loop) { await work() })
        }
    }

    override func connect(to target: DialTarget) async throws -> DialedPeer {
        precondition(worker.loop.isCurrent, "a host dials in its own tasks")
        return DialedPeer(
            try await Dialer(
                worker: worker, host: host, listener: .none, owner: nil, whenClosed: nil
            ).dial(target))
    }

    override func pause(for duration: Duration) async throws {
        precondition(worker.loop.isCurrent, "a host waits in its own tasks")
        do throws(CancellationError) {
            try await LoopPause.wait(duration, on: worker.loop)
        } catch {
            throw ClientError.cancelled
        }
    }

    /// Starts the handler; `completion` is called on the loop, with the error that it threw.
    func start(_ completion: @escaping @Sendable ((any Error)?) -> Void) {
        let task = Task(executorPreference: worker.loop) {
            do throws(any Error) {
                try await self.handler.start(self)
                completion(nil)
            } catch {
                completion(error)
            }
        }
        tasks.withLock { $0?.append(task) }
    }

    /// Cancels the work in the background, waits for it, then stops the handler; called once.
    func stop(_ completion: @escaping @Sendable () -> Void) {
        let running = tasks.withLock { tasks in
            defer { tasks = nil }
            return tasks ?? []
        }
        for task in running { task.cancel() }
        _ = Task(executorPreference: worker.loop) {
            for task in running { await task.value }
            await self.handler.stop()
            completion()
        }
    }
}
