internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
internal import Platform
internal import TLS

/// One connection, on one loop from its first byte to its last: a client, or a target that a handler
/// has dialed.
///
/// Theory of operation: the socket is watched edge-triggered, so the connection remembers what epoll(7)
/// reported (``ConnectionFlags/readable``) until a receive comes back short or empty. Its ``Phase``
/// decides what an event does (`+Events`), its ``Role`` what differs between clients and targets. Only
/// `serving` needs a task; all other phases are driven by events. A wait of the handler parks one
/// continuation, which readiness, the deadline or the end of the drain period resumes.
///
/// Files: `Connection` (state, and what the handler sees), `+Phase`, `+Role`, `ConnectionFlags`, `Extras`;
/// `+Events`, `+Life`, `+Closing`, `+Lingering`; `+Reading`, `+Input`, `+Writing`, `+Files`; `+Waiting`,
/// `+Guard`; `+Reporting`. The folders `Handshake`, `Dialing` and `Programs` add the rest.
@safe final class Connection: ClientCore, EventSource, @unchecked Sendable {
    // Sendable because it is confined to its loop: others only hand it over (`Worker.adopt`) or post
    // closures to the loop.

    /// What ended a wait.
    enum Wake: UInt8 {
        case ready, timedOut, cancelled
    }

    /// Whether the client is disconnected by us: after the drain period, or by an operator.
    enum CutState: UInt8 {
        case no
        /// The cut may interrupt what its handler was doing.
        case underWay
        /// Its handler waited for input, and nothing was unsent.
        case idle
    }

    /// How a client is counted (``Admission``).
    enum Place: UInt8 {
        case none
        /// Among those that have no host yet.
        case undecided
        case admitted
    }

    /// What a task waits to do.
    enum Side: UInt8 {
        case read, write
    }

    // In an order without gaps: 184 bytes, of which malloc(3) makes 192; `ConnectionSizeTests` holds it.
    let socket: StreamSocket
    /// The host's number, 0 as long as none is chosen.
    var hostNumber: UInt32 = 0
    let worker: Worker
    let listener: ListenerFacts
    let role: Role
    var destination: Destination
    var tls: TLSLayer?
    /// The client's address: its socket's peer, or what a load balancer said.
    var peer: SocketAddress
    let number: UInt64
    let acceptedAt: UInt64
    /// Its place in the loop, from ``begin(_:_:)`` until it is closed.
    var source = SourceID.nowhere
    var task: Task<Void, Never>?

    /// The task that waits for input.
    var reader: UnsafeContinuation<Wake, Never>?
    /// What the kernel has not taken yet: most clients never have any.
    var backlog: Backlog?
    var failure: Failure?
    /// What few clients need.
    var extras: Extras?
    /// What the handler keeps here.
    private var handlerNote: UInt64 = 0
    var bytesIn: UInt64 = 0
    var bytesOut: UInt64 = 0

    private var flags = ConnectionFlags(rawValue: 0)
    /// Reads and sends since the handler last waited, ``turnEnd`` at most.
    private(set) var turn: UInt8 = 0
    private(set) var phase: Phase
    /// Why it ends, as far as that is known.
    var reason = CloseReason.served
    var cutState = CutState.no
    /// How `MaxClients` counts it.
    private(set) var place = Place.none

    /// Where a client goes: one field, for it is never undecided and at a host.
    enum Destination {
        /// The handshake, or the plain endpoint, has not chosen yet; whose router will.
        case undecided(EndpointRouter)
        case host(Host)
    }

    init(
        socket: consuming StreamSocket, peer: SocketAddress, listener: ListenerFacts,
        destination: Destination, role: Role, number: UInt64, worker: Worker
    ) {
        self.socket = socket
        self.peer = peer
        self.listener = listener
        self.destination = destination
        self.role = role
        self.number = number
        self.worker = worker
        phase = role.firstPhase
        acceptedAt = MonotonicClock.now()
    }

    // The state, each kind changed in one place.

    /// Goes over to another phase, which must be one of the ``Phase/successors``.
    func enter(_ next: Phase) {
        assert(phase.successors.contains(next), "a connection goes from \(phase) to \(next)")
        phase = next
    }

    func has(_ flag: ConnectionFlags) -> Bool { flags.rawValue & flag.rawValue != 0 }

    func raise(_ flag: ConnectionFlags) {
        flags = ConnectionFlags(rawValue: flags.rawValue | flag.rawValue)
    }

    func clear(_ flag: ConnectionFlags) {
        flags = ConnectionFlags(rawValue: flags.rawValue & ~flag.rawValue)
    }

    func set(_ flag: ConnectionFlags, to isRaised: Bool) {
        if isRaised { raise(flag) } else { clear(flag) }
    }

    /// Counts a read or a send of the handler.
    func countCall() {
        if turn < Connection.turnEnd { turn += 1 }
        clear(.waitedInVain)
    }

    /// Counts from the beginning: the handler has waited, and the other clients of the loop had their turn.
    func beginTurn() {
        turn = 0
        clear(.waitedInVain)
    }

    /// Lets the other clients have their turn before the next wait.
    func endTurn() { turn = Connection.turnEnd }

    func takePlace(_ place: Place) { self.place = place }

    var loop: EventLoop { worker.loop }

    var cutReason: CloseReason { extras?.cutReason ?? .drained }

    /// What few clients have, for one that needs it now.
    func needExtras() -> Extras {
        if let extras { return extras }
        let new = Extras()
        extras = new
        return new
    }

    /// Nil until the handshake, or the plain endpoint, has chosen.
    var host: Host? {
        guard case .host(let host) = destination else { return nil }
        return host
    }

    /// What chooses the host; nil once it is chosen.
    var router: EndpointRouter? {
        guard case .undecided(let router) = destination else { return nil }
        return router
    }

    // What the handler sees.

    override var id: UInt64 { number }
    override var remoteAddress: SocketAddress { peer }
    override var localAddress: SocketAddress { extras?.via?.destination ?? socketAddress }
    override var via: Via? { extras?.via?.via }
    override var handle: ClientHandle { ClientHandle(needMailbox()) }
    override var info: ClientInfo { currentInfo() }
    override var hostTag: String { host?.tag ?? "" }
    // Not `tls?.session.version`: an access that spans the call makes each access to `tls` a
    // dynamic exclusivity check.
    override var serverName: String? {
        guard let tls else { return nil }
        return tls.session.serverName
    }
    override var isTLS: Bool { tls != nil }
    override var tlsVersion: String? {
        guard let tls else { return nil }
        return tls.session.version
    }
    override var tlsCipher: String? {
        guard let tls else { return nil }
        return tls.session.cipher
    }
    override var applicationProtocol: String? {
        guard let tls else { return nil }
        return tls.session.applicationProtocol
    }
    override var certificate: ClientCertificate? {
        guard let tls else { return nil }
        return tls.peerCertificate
    }
    var isCut: Bool { cutState != .no }
    override var isDraining: Bool {
        worker.isDraining || has(.draining) || host?.account.isRetired == true
    }
    override var descriptor: CInt? { tls == nil && !has(.upgrading) ? socket.number : nil }

    override func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
        if worker.events.wants(level) { report(.handlerRecord, level, message()) }
    }

    override func log(
        _ level: LogLevel, about topic: String, _ detail: @autoclosure () -> String
    ) {
        guard worker.events.wants(level) else { return }
        report(.handlerRecord, level, "\(topic): \(detail())", topic: topic)
    }

    override func reportTrouble(
        _ subject: String, _ message: @autoclosure () -> String, errno errorNumber: Int32? = nil
    ) {
        guard let host else { return }
        var event = host.trouble(subject, message(), errno: errorNumber)
        guard worker.events.wants(event.level) else { return }
        event.listener = listener.name
        event.client = facts()
        worker.events.post(event)
    }

    override func perform(offLoop job: @escaping @Sendable () -> Void) -> Bool {
        worker.offLoop.perform(job)
    }
    override var note: UInt64 {
        get { handlerNote }
        set { handlerNote = newValue }
    }
    override var loopLocals: LoopLocals { worker.locals }

    override func host(for name: Span<UInt8>) -> NamedHost {
        guard let host else { return .own }
        let lookup = HostLookup(
            host: host, router: worker.routes.router(of: listener), tls: tls, address: peer.ip)
        do throws(AccessRefusal) {
            return try lookup.result(for: name)
        } catch {
            noteDenial(error, for: name)
            return .denied
        }
    }

    override func run(_ program: Program) async throws -> ProgramEnd {
        try await ProgramService(client: self, program: program).run()
    }

    override var offersTLS: Bool {
        tls == nil && !has(.upgrading) && host?.upgrade.isOffered == true
    }
    override var requiresTLS: Bool { tls == nil && host?.upgrade.isRequired == true }

    override var isForChallenge: Bool { tls == nil && host?.servesOnlyChallenge == true }

    override func startTLS(unread: Int) async throws { try await upgrade(unread: unread) }

    override func connect(
        to target: DialTarget, whenClosed: (@Sendable (Traffic) -> Void)?
    ) async throws -> PeerCore {
        assert(loop.isCurrent)
        guard let host else { preconditionFailure("only a client that is served dials") }
        if mustYield { await yield() }
        do {
            return try await Dialer(
                worker: worker, host: host, listener: listener, owner: self,
                whenClosed: whenClosed
            ).dial(target)
        } catch {
            // Some fail without a wait.
            throw vainly(error)
        }
    }

    override func close() { hangUp() }

    override func relay(to peer: PeerCore, idleTimeout: Duration?) async throws -> Traffic {
        try await waitForRelay(to: peer, idleTimeout: idleTimeout)
    }

    override func setDeadline(after duration: Duration?) {
        clear(.timedOut)
        if phase != .closed { loop.setDeadline(source, after: duration) }
    }

    override func read(_ body: (Span<UInt8>) throws -> Void) async throws -> Bool {
        while true {
            if mustYield { await yield() }
            switch try readArrived(body) {
            case .bytes: return true
            case .end:
                noteVainWait()
                return false
            case .nothing: break
            }
            let wake: Wake
            if let early = earlyWake {
                noteVainWait()
                wake = early
            } else if isWorthReading {
                await yield()
                wake = .ready
            } else if isOwnTask {
                // Written out here, not in a function of its own: each further async frame costs
                // time, and memory while the client is idle.
                precondition(unsafe reader == nil, "one task at a time reads from a client")
                wake = unsafe await withUnsafeContinuation { unsafe reader = $0 }
            } else {
                wake = await waitAsChild(to: .read)
            }
            if wake == .cancelled { noteIdleCut() }
            if let error = error(for: wake) { throw error }
        }
    }

    override func readArrived(_ body: (Span<UInt8>) throws -> Void) throws -> Arrival {
        assert(loop.isCurrent)
        if extras != nil, let arrival = try readHeld(body) { return arrival }
        return try readNew(body)
    }

    /// Lends what the kernel or the TLS engine has, and nothing that was put back.
    func readNew(_ body: (Span<UInt8>) throws -> Void) throws -> Arrival {
        if has(.inputEnded) { return .end }
        if let failure { throw vainly(failure.error) }
        guard has(.readable) else { return .nothing }
        noteHandler()
        countCall()
        guard let tls else { return try readPlain(body) }
        return try readTLS(tls, body)
    }

    override func send(_ bytes: Span<UInt8>) {
        assert(loop.isCurrent)
        guard failure == nil else { return }
        countCall()
        precondition(!has(.upgrading), "nothing can be sent while TLS starts")
        let sent = backlog == nil ? deliver(bytes) : 0
        if sent < bytes.count, failure == nil { keep(bytes.extracting(droppingFirst: sent)) }
    }

    override var mustFlush: Bool { backlog != nil || failure != nil || mustYield }

    override func waitUntilSent() async throws {
        if mustYield { await yield() }
        while let backlog, failure == nil {
            let wake: Wake
            if let early = earlyWake {
                noteVainWait()
                wake = early
            } else if isOwnTask {
                precondition(unsafe backlog.writer == nil, "one task at a time writes to a client")
                wake = unsafe await withUnsafeContinuation { unsafe backlog.writer = $0 }
            } else {
                wake = await waitAsChild(to: .write)
            }
            if let error = error(for: wake) { throw error }
        }
        if let failure { throw vainly(failure.error) }
    }

    override func send(_ first: Span<UInt8>, _ second: Span<UInt8>) { sendBoth(first, second) }

    override func cork() {
        // What is sent while there is a backlog joins it.
        guard backlog == nil else { return }
        backlog = Backlog()
        backlog?.isGathering = true
    }

    override func uncork() {
        guard let backlog, backlog.isGathering else { return }
        backlog.isGathering = false
        transmit()
    }

    override func putBack(_ rest: Span<UInt8>) { hold(rest) }

    override func lendAgain() { extras?.isIncomplete = false }

    override var hasInputEnded: Bool { has(.inputEnded) }

    override func endSending() { endOutputEarly() }

    override func sendFile(
        _ descriptor: CInt, from offset: Int, count: Int, after head: [UInt8]
    ) async throws -> Int {
        try await sendFilePart(descriptor, from: offset, count: count, after: head)
    }
}
