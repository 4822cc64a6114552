internal import Configuration
package import EventLoops
internal import Planning
internal import Synchronization

/// Serves the hosts of a plan on one thread per loop.
///
/// The life of a server: ``init(options:level:bell:)``, ``start(_:)``, ``drain(onEmpty:)``,
/// ``cut()``, ``stop()``. All methods are to be called on one control thread.
package final class Server: Sendable {
    private let options: ServerOptions
    let workers: [Worker]
    private let admission: Admission
    private let threads = Lock<[Thread]>([])
    private let listenerCount = Atomic<Int>(0)
    private let pings = Atomic<UInt64>(0)

    /// Makes the loops.
    ///
    /// - Parameters:
    ///   - options: what holds for all hosts.
    ///   - level: the least important event that is wanted.
    ///   - bell: rung when a loop has events to be written.
    /// - Throws: what kept a loop from being made.
    package init(options: ServerOptions, level: EventLevel, bell: EventBell) throws {
        let admission = Admission(limit: options.maxClients)
        self.options = options
        self.admission = admission
        workers = try (0..<options.workers).map { number in
            try Worker(
                number: number, options: options, events: EventQueue(level: level, bell: bell),
                admission: admission)
        }
    }

    /// Where the loops post what happens.
    package var eventQueues: [EventQueue] { workers.map(\.events) }

    /// Starts the threads and begins to accept.
    package func start(_ opened: OpenedPlan) throws(SystemError) {
        let hosts = opened.states.map(\.host)
        let tags = opened.plan.hosts.map(\.tag)
        let listeners = opened.endpoints.map { endpoint in
            Listener(
                endpoint,
                router: EndpointRouter(
                    endpoint: endpoint.endpoint, plan: opened.plan, hosts: hosts, tags: tags))
        }
        listenerCount.store(listeners.count, ordering: .relaxed)
        for (number, worker) in workers.enumerated() {
            let thread = try Thread(name: "loop-\(number)") { worker.loop.run() }
            threads.withLock { $0.append(thread) }
            worker.loop.perform {
                for listener in listeners {
                    worker.accept(with: Acceptor(listener: listener, worker: worker, server: self))
                }
            }
        }
    }

    /// The loop that the next client goes to; the accepting one when it has no more than others.
    func workerWithFewestClients(from accepting: Worker) -> Worker {
        var best = accepting
        var fewest = accepting.counters.clients.value
        for worker in workers where worker !== accepting {
            let clients = worker.counters.clients.value
            if clients < fewest { (best, fewest) = (worker, clients) }
        }
        return best
    }

    /// Stops accepting and lets the clients finish.
    ///
    /// - Parameter onEmpty: called once, on some loop's thread, when no client is left.
    package func drain(onEmpty: @escaping @Sendable () -> Void) {
        // First all stop accepting: a loop that still did could give a client to one that has told
        // that it is empty.
        let accepting = Remaining(workers.count)
        for worker in workers {
            worker.loop.perform {
                worker.stopAccepting()
                if accepting.countDown() { self.drainClients(onEmpty: onEmpty) }
            }
        }
    }

    private func drainClients(onEmpty: @escaping @Sendable () -> Void) {
        let remaining = Remaining(workers.count)
        for worker in workers {
            worker.loop.perform {
                worker.drain { if remaining.countDown() { onEmpty() } }
            }
        }
    }

    /// Ends the clients that are still there; ``drain(onEmpty:)`` came first.
    package func cut() {
        for worker in workers { worker.loop.perform { worker.cut() } }
    }

    /// Ends the threads and waits for them.
    package func stop() {
        for worker in workers { worker.loop.stop() }
        for thread in threads.withLock({ $0 }) { thread.join() }
    }

    /// The numbers of this moment; from any thread.
    package var status: ServerStatus {
        var status = ServerStatus()
        status.clients = admission.clients
        status.listeners = listenerCount.load(ordering: .relaxed)
        for counters in workers.map(\.counters) {
            status.accepted += counters.accepted.value
            status.refused += counters.refused.value
            status.handshakesFailed += counters.handshakesFailed.value
        }
        return status
    }

    /// Clients by loop, in the order of the loops; from any thread.
    package var clientsByLoop: [Int] {
        workers.map { $0.counters.clients.value }
    }

    /// Asks each loop for a sign of life, which ``answersPing`` tells of.
    package func ping() {
        let number = pings.add(1, ordering: .relaxed).newValue
        for worker in workers {
            worker.loop.perform { worker.answeredPing.store(number, ordering: .relaxed) }
        }
    }

    /// The loops that have not answered the last ``ping()``.
    package var silentLoops: [Int] {
        let number = pings.load(ordering: .relaxed)
        return workers.indices.filter {
            workers[$0].answeredPing.load(ordering: .relaxed) != number
        }
    }
}

/// Counts loops down to none.
private final class Remaining: Sendable {
    private let count: Atomic<Int>

    init(_ count: Int) {
        self.count = Atomic(count)
    }

    /// Whether this was the last one.
    func countDown() -> Bool {
        count.subtract(1, ordering: .acquiringAndReleasing).newValue == 0
    }
}
