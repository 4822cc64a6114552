internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
internal import TLS

/// One accepted client, on one loop from its first byte to its last.
///
/// Theory of operation: the socket is watched edge-triggered, so the connection remembers what epoll
/// told it (`mayRead`) until the kernel says "would block", or a receive comes back shorter than its
/// buffer. Handshake, rest, the sending of what a finished handler left unsent, and lingering are
/// driven by events and need no task; only `serving` has one. A wait of the handler parks one
/// continuation; readiness, the deadline or the end of the drain period resumes it.
///
/// Files: `Connection` (life), `+Handshake`, `+Reading`, `+Writing`, `+Closing`.
@safe final class Connection: Client, EventSource, @unchecked Sendable {
    // Sendable because it is confined to its loop: whoever else holds it only hands it over
    // (`Worker.adopt`) or posts errands to the loop.

    enum Phase: UInt8 {
        case handshaking, serving, resting, flushing, lingering, closed
    }

    /// What ended a wait.
    enum Wake: UInt8 {
        case ready, timedOut, cancelled
    }

    /// What a task waits to do.
    enum Side: UInt8 {
        case read, write
    }

    let socket: StreamSocket
    let worker: Worker
    let listener: Listener
    /// Nil until the handshake, or the plain endpoint, has chosen.
    var host: Host?
    var tls: TLSLayer?
    let peer: SocketAddress
    let number: UInt64
    let acceptedAt: UInt64
    var source: SourceID?
    var task: Task<Void, Never>?

    var reader: UnsafeContinuation<Wake, Never>?
    var writer: UnsafeContinuation<Wake, Never>?
    /// Bytes sent by the handler that the kernel has not taken, from `unsentStart` on.
    var unsent: [UInt8] = []
    var unsentStart = 0
    var failure: Failure?
    var bytesIn: UInt64 = 0
    var bytesOut: UInt64 = 0

    /// Tell a child's wait from the next one, for a cancellation that comes late.
    var readNumber: UInt32 = 0
    var writeNumber: UInt32 = 0
    var phase = Phase.serving
    var reason = CloseReason.served
    /// What the kernel may still have for us; only a try can tell.
    var mayRead = false
    /// The kernel has said that the peer will send no more, or that the connection is broken.
    var sawHangUp = false
    /// The handler has been told that the peer has ended its side.
    var hasEnded = false
    var watchesOutput = false
    var hasTimedOut = false
    var isCut = false
    var isReported = false
    /// Counted by `MaxClients`.
    var isAdmitted = false
    /// Turned away, and lingering on the loop's account of such clients.
    var isRefused = false

    /// An error kept for the next wait of the handler.
    final class Failure {
        let error: ClientError

        init(_ error: ClientError) {
            self.error = error
        }
    }

    /// The TLS half of a connection, apart because most bytes of it are not needed by plain ones.
    final class TLSLayer {
        let session: TLSSession
        var serverName: String?

        init(session: consuming TLSSession) {
            self.session = session
        }
    }

    init(
        socket: consuming StreamSocket, peer: SocketAddress, listener: Listener, worker: Worker
    ) {
        self.socket = socket
        self.peer = peer
        self.listener = listener
        self.worker = worker
        number = worker.nextClientID()
        acceptedAt = EventLoop.monotonicNow()
    }

    var loop: EventLoop { worker.loop }

    // What the handler sees.

    override var id: UInt64 { number }
    override var remoteAddress: SocketAddress { peer }
    override var localAddress: SocketAddress { socket.localAddress ?? listener.address }
    override var hostTag: String { host?.tag ?? listener.defaultTag }
    override var serverName: String? { tls?.serverName }
    override var tlsVersion: String? { tls?.session.version }
    override var isDraining: Bool { worker.isDraining }

    override func setDeadline(after duration: Duration?) {
        hasTimedOut = false
        guard let source else { return }
        loop.setDeadline(source, after: duration)
    }

    override func read(_ body: (Span<UInt8>) throws -> Void) async throws -> Bool {
        while true {
            switch try readArrived(body) {
            case .bytes: return true
            case .end: return false
            case .nothing: break
            }
            let wake: Wake
            if let early = earlyWake {
                wake = early
            } else if isOwnTask {
                // Written out here, not in a function of its own: each further async frame costs
                // time, and memory while the client is idle.
                precondition(unsafe reader == nil, "one task at a time reads from a client")
                wake = unsafe await withUnsafeContinuation { unsafe reader = $0 }
            } else {
                wake = await waitAsChild(to: .read)
            }
            if let error = error(for: wake) { throw error }
        }
    }

    override func readArrived(_ body: (Span<UInt8>) throws -> Void) throws -> Arrival {
        assert(loop.isCurrent)
        if hasEnded { return .end }
        if let failure { throw failure.error }
        guard mayRead else { return .nothing }
        guard let tls else { return try readPlain(body) }
        return try readTLS(tls, body)
    }

    override func send(_ bytes: Span<UInt8>) {
        assert(loop.isCurrent)
        guard failure == nil else { return }
        let sent = unsent.isEmpty ? deliver(bytes) : 0
        guard sent < bytes.count, failure == nil else { return }
        guard bytes.count - sent <= Client.unsentLimit - (unsent.count - unsentStart) else {
            _ = fail(.unsentLimitExceeded)
            return
        }
        keep(bytes.extracting(droppingFirst: sent))
    }

    override func flush() async throws {
        while !unsent.isEmpty, failure == nil {
            let wake: Wake
            if let early = earlyWake {
                wake = early
            } else if isOwnTask {
                precondition(unsafe writer == nil, "one task at a time writes to a client")
                wake = unsafe await withUnsafeContinuation { unsafe writer = $0 }
            } else {
                wake = await waitAsChild(to: .write)
            }
            if let error = error(for: wake) { throw error }
        }
        if let failure { throw failure.error }
    }

    // Life.

    /// Takes the client in, on its loop.
    ///
    /// - Parameter isAdmitted: whether there is room for it (`MaxClients`).
    func begin(isAdmitted: Bool) {
        self.isAdmitted = isAdmitted
        let source = loop.add(self)
        self.source = source
        do {
            try loop.watch(socket.number, for: source, [.readable, .peerClosed, .edgeTriggered])
        } catch {
            close(.systemError, detail: error.description)
            return
        }
        if !isAdmitted {
            refuse(.tooManyClients)
        } else if listener.isTLS {
            beginHandshake()
        } else if let host = listener.router.plainHost {
            start(for: host)
        } else {
            refuse(.hostDown)
        }
    }

    /// The client is through: the banner, then its handler.
    func start(for host: Host) {
        self.host = host
        let banner = worker.options.banner
        send(banner.span)
        startServing()
    }

    /// Starts the handler's task, at first and after each rest.
    func startServing() {
        phase = .serving
        task = Task(executorPreference: loop) { await self.serve() }
    }

    private func serve() async {
        guard let host else { return }
        do {
            let afterwards = try await host.handler.serve(self)
            finishServing(afterwards)
        } catch {
            finishServing(throwing: error)
        }
    }

    func descriptorReady(_ readiness: Readiness) {
        if !readiness.isDisjoint(with: [.peerClosed, .hangUp]) { sawHangUp = true }
        if !readiness.isDisjoint(with: [.readable, .peerClosed, .hangUp]) { mayRead = true }
        switch phase {
        case .handshaking:
            continueHandshake()
        case .serving:
            if !unsent.isEmpty { transmit() }
            if mayRead { wakeReader(.ready) }
        case .resting:
            if !unsent.isEmpty { transmit() }
            if mayRead { startServing() }
        case .flushing:
            continueFlushing()
        case .lingering:
            continueLingering()
        case .closed:
            break
        }
    }

    func deadlinePassed() {
        switch phase {
        case .handshaking:
            close(.handshakeTimeout)
        case .serving:
            hasTimedOut = true
            wakeReader(.timedOut)
            wakeWriter(.timedOut)
        case .resting:
            hasTimedOut = true
            startServing()
        case .flushing, .lingering:
            close(reason)
        case .closed:
            break
        }
    }

    /// The server begins to drain: whoever rests decides whether to go.
    func drain() {
        if phase == .resting { startServing() }
    }

    /// The drain period is over.
    func cut() {
        isCut = true
        switch phase {
        case .serving:
            task?.cancel()
            wakeReader(.cancelled)
            wakeWriter(.cancelled)
        case .closed:
            break
        default:
            close(.drained)
        }
    }

    // Waiting.

    /// What a wait would end with if it began now, nil when it must park.
    var earlyWake: Wake? {
        if isCut { return .cancelled }
        return hasTimedOut ? .timedOut : nil
    }

    /// Whether the running task is the client's own and not a child of it.
    var isOwnTask: Bool {
        guard let task else { return false }
        return TaskIdentity.current == TaskIdentity(of: task)
    }

    func wakeReader(_ wake: Wake) {
        guard let waiting = unsafe reader else { return }
        unsafe reader = nil
        unsafe waiting.resume(returning: wake)
    }

    func wakeWriter(_ wake: Wake) {
        guard let waiting = unsafe writer else { return }
        unsafe writer = nil
        unsafe waiting.resume(returning: wake)
    }

    func error(for wake: Wake) -> ClientError? {
        switch wake {
        case .ready: nil
        case .timedOut: .timedOut
        case .cancelled: .cancelled
        }
    }
}
