internal import EventLoops
internal import Glibc
internal import HandlerAPI
internal import NetworkTypes
internal import Platform

/// Accepts the clients of one listener on one loop, and gives each to the loop with the fewest.
///
/// All loops watch the same socket with EPOLLEXCLUSIVE. The kernel then wakes the same loop again
/// and again, so the clients are spread after they are accepted.
final class Acceptor: EventSource {
    private let route: Route
    private let worker: Worker
    private let server: Server
    private var source: SourceID?
    private var isPaused = false
    /// The program has paused the listener.
    private var isSuspended = false
    private var isWatching: Bool { !isPaused && !isSuspended }
    /// It paused for want of a descriptor, and the queue has not been empty since.
    private var isExhausted = false

    init(_ route: Route, worker: Worker, server: Server) {
        self.route = route
        self.worker = worker
        self.server = server
    }

    private var listener: Listener { route.listener }

    /// Begins to accept, on the worker's loop.
    func open() {
        source = worker.loop.add(self)
        isSuspended = listener.isPaused
        if !isSuspended { watch() }
    }

    /// Stops accepting, or accepts again, as the listener is paused or not.
    func pauseOrResume() {
        guard source != nil, isSuspended != listener.isPaused else { return }
        isSuspended.toggle()
        guard !isPaused else { return }
        guard !isSuspended else { return worker.loop.unwatch(listener.number) }
        watch()
        if !isPaused { descriptorReady(.readable) }
    }

    /// Stops accepting; the socket stays open, and with it the queue of the kernel.
    func close() {
        guard let source else { return }
        self.source = nil
        // Never EPOLL_CTL_MOD, which EPOLLEXCLUSIVE forbids, and never shutdown(2), which would stop
        // the listening of all loops and processes that share the socket.
        if isWatching { worker.loop.unwatch(listener.number) }
        worker.loop.remove(source)
    }

    func descriptorReady(_ readiness: Readiness) {
        // The kernel may have reported the socket before it was paused.
        guard !isSuspended else { return }
        for _ in 0..<ServerOptions.acceptBatch {
            switch listener.accept() {
            case .accepted(let socket, let peer):
                worker.counters.accepted.increment()
                let number = socket.number
                let target = server.workerWithFewestClients(from: worker)
                let connection = Connection(
                    socket: socket, peer: peer, router: route.router,
                    number: worker.nextClientNumber(), worker: target)
                target.adopt(connection)
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
        guard !isSuspended else { return }
        watch()
        if !isPaused { descriptorReady(.readable) }
    }

    /// The queue is empty.
    private func recover() {
        guard isExhausted else { return }
        isExhausted = false
        report(.listenerResumed, .info)
    }

    /// Pauses while there is no descriptor for the next client.
    ///
    /// Logged once, however often the accept is retried.
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
        let router = route.router
        worker.events.post(
            ServerEvent(
                kind, level, hostTag: router.tag(for: nil), listener: router.listener.name,
                detail: error?.description ?? "", errorNumber: error?.code))
    }
}
