internal import EventLoops
internal import HandlerAPI
internal import Platform

/// The life of a host's handlers beside its clients: their start, their work in the background, their stop.
final class HostLife: HostContext, @unchecked Sendable {
    // Sendable because all is constant but for what locks.
    private let tag: String
    private let handlerName: String
    /// In the order of their start.
    private let handlers: [any LastingHandler]
    /// How many of them have begun to start.
    private let begun = Lock(0)
    private let worker: Worker
    private let host: Host
    private let tasks = Lock<[Task<Void, Never>]?>([])

    /// A host that comes up, on one of the loops.
    init(_ host: Host, _ handlers: [any LastingHandler], on worker: Worker) {
        tag = host.tag
        handlerName = host.handlerName
        self.handlers = handlers
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

    /// Starts the handlers, one after the other; `completion` is called on the loop, with the error that it threw.
    func start(_ completion: @escaping @Sendable ((any Error)?) -> Void) {
        let task = Task(executorPreference: worker.loop) {
            do throws(any Error) {
                for handler in self.handlers {
                    self.begun.withLock { $0 += 1 }
                    try await handler.start(self)
                }
                completion(nil)
            } catch {
                completion(error)
            }
        }
        tasks.withLock { $0?.append(task) }
    }

    /// Cancels the work in the background, waits for it, then stops the handlers that were started, the last one first;
    /// called once.
    func stop(_ completion: @escaping @Sendable () -> Void) {
        let running = tasks.withLock { tasks in
            defer { tasks = nil }
            return tasks ?? []
        }
        for task in running { task.cancel() }
        _ = Task(executorPreference: worker.loop) {
            for task in running { await task.value }
            for handler in self.handlers.prefix(self.begun.withLock { $0 }).reversed() {
                await handler.stop()
            }
            completion()
        }
    }
}
