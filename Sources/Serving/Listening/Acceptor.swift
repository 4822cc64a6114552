internal import EventLoops
internal import Glibc
internal import HandlerAPI
internal import NetworkTypes
internal import Platform

/// Takes clients from one listener for one loop, and gives each to the loop with the fewest.
///
/// All loops watch the same socket with EPOLLEXCLUSIVE. The kernel then wakes the same loop again
/// and again, so the clients are spread after they are accepted.
final class Acceptor: EventSource {
    private let listener: Listener
    /// Where the listener's clients go now.
    var router: EndpointRouter
    private let worker: Worker
    private let server: Server
    private var source: SourceID?
    private var isPaused = false
    /// Clients were found waiting for a descriptor, and have not all been let in since.
    private var isExhausted = false

    init(_ listener: Listener, router: EndpointRouter, worker: Worker, server: Server) {
        self.listener = listener
        self.router = router
        self.worker = worker
        self.server = server
    }

    /// ``Listener/id``.
    var id: UInt64 { listener.id }

    /// Where it accepts, with the real port.
    var endpoint: Endpoint { listener.address }

    /// Whether who connects to an endpoint comes to it.
    func isReached(by endpoint: Endpoint) -> Bool {
        if self.endpoint.isReached(by: endpoint) { return true }
        guard listener.isDualStack, let port = self.endpoint.port else { return false }
        return Endpoint(SocketAddress(.anyV4, port: port)).isReached(by: endpoint)
    }

    /// Begins to accept, on the worker's loop.
    func open() {
        source = worker.loop.add(self)
        watch()
    }

    /// Stops accepting; the socket stays open, and with it the queue of the kernel.
    func close() {
        guard let source else { return }
        self.source = nil
        // Never a MOD, which EPOLLEXCLUSIVE forbids, and never a shutdown, which would end the
        // socket for everybody who shares it.
        if !isPaused { worker.loop.unwatch(listener.number) }
        worker.loop.remove(source)
    }

    func descriptorReady(_ readiness: Readiness) {
        for _ in 0..<ServerOptions.acceptBatch {
            switch listener.accept() {
            case .accepted(let socket, let peer):
                worker.counters.accepted.increment()
                let number = socket.number
                let worker = server.workerWithFewestClients(from: worker)
                let connection = Connection(
                    socket: socket, peer: peer, router: router, worker: worker)
                worker.adopt(connection)
                if number >= worker.options.descriptorCeiling {
                    return pause(SystemError("accept4", code: EMFILE))
                }
            case .empty:
                return recover()
            case .vanished:
                continue
            case .exhausted(let error):
                return pause(error)
            }
        }
    }

    func deadlinePassed() {
        guard FileLimit.hasRoom(below: worker.options.descriptorCeiling) else {
            if let source { worker.loop.setDeadline(source, after: ServerOptions.pauseTime) }
            return
        }
        isPaused = false
        watch()
        if !isPaused { descriptorReady(.readable) }
    }

    /// Nobody waits any more.
    private func recover() {
        guard isExhausted else { return }
        isExhausted = false
        report(.listenerResumed, .info)
    }

    /// Lets the queue wait while there is no descriptor for its next client.
    ///
    /// Told once, however often the next client is tried in vain.
    private func pause(_ error: SystemError) {
        guard let source, !isPaused else { return }
        isPaused = true
        worker.loop.unwatch(listener.number)
        worker.loop.setDeadline(source, after: ServerOptions.pauseTime)
        guard !isExhausted else { return }
        isExhausted = true
        report(.listenerPaused, .warning, error)
    }

    private func watch() {
        guard let source else { return }
        do {
            try worker.loop.watch(listener.number, for: source, [.readable, .exclusive])
        } catch {
            pause(error)
        }
    }

    private func report(_ kind: EventKind, _ level: LogLevel, _ error: SystemError? = nil) {
        worker.events.post(
            ServerEvent(
                kind, level, hostTag: router.tag(for: nil), listener: router.listener.name,
                detail: error?.description ?? "", errorNumber: error?.code))
    }
}
