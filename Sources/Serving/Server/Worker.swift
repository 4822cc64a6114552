internal import Configuration
internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
internal import Platform
internal import Synchronization
internal import TLS

/// What one server has on one event loop: its clients, and the objects that they share.
final class Worker: @unchecked Sendable {
    // Sendable because the variables are only accessed on the loop's thread; the rest are constants, atomics,
    // or have their own locks.
    let loop: EventLoop
    let port: TLSPort
    /// The current options of the whole server.
    private(set) var options: ServerOptions
    let events: EventQueue
    /// The threads for jobs of handlers off the loops, shared by all workers.
    let offLoop: ThreadPool
    /// Resolves the names that handlers dial, for all workers.
    let resolver: Resolver
    /// Pipes for large transfers of relayed clients.
    let pipes = PipePool()
    let routes = RouteTable()
    let counters = Counters()
    let locals = LoopLocals()
    /// The number of the last ping that the loop answered.
    let answeredPing = Atomic<UInt64>(0)
    /// The number of the host whose handler ran last (``HostNumbers``), 0 for none since the last ping.
    let lastServed = Atomic<UInt32>(0)
    private let admission: Admission
    private var clientNumbers = ClientNumbers()

    /// By ``Listener/id``.
    private var acceptors: [UInt64: Acceptor] = [:]
    private var mayAccept = true
    private var retirements: [RetirementTimer] = []
    private var refusals = 0
    private var rotation: LoopTimer?
    private(set) var isDraining = false
    private var isCut = false
    private var onEmpty: (@Sendable () -> Void)?
    /// Connections to targets and programs on the loop.
    private var dialedCount = 0
    private var onLeft: (@Sendable () -> Void)?

    init(
        on loop: EventLoop, options: ServerOptions, events: EventQueue, offLoop: ThreadPool,
        resolver: Resolver, admission: Admission, ticketKeys: TicketKeyRing,
        shared: [any AnyObject & Sendable]
    ) throws {
        self.options = options
        self.events = events
        self.admission = admission
        self.offLoop = offLoop
        self.resolver = resolver
        self.loop = loop
        port = try TLSPort(ticketKeys: ticketKeys)
        for object in shared { locals[ObjectIdentifier(type(of: object))] = object }
    }

    /// The number of the next client or target that this loop accepts or dials.
    func nextClientNumber() -> UInt64 {
        assert(loop.isCurrent)
        return clientNumbers.next()
    }

    var handshakeDeadline: Deadline { loop.deadline(after: options.settings.handshakeTimeout) }

    /// The limits for clients of a host, or for those without one.
    func limits(of host: Host?) -> Limits {
        let limits = options.settings.limits
        return host?.limits.over(limits) ?? limits
    }

    /// Applies other options; the number of loops stays.
    func apply(_ options: ServerOptions) { self.options = options }

    /// Takes over a client; from any thread.
    func adopt(_ connection: Connection) {
        counters.clients.increment()
        // Most clients are the loop's own, and need no closure.
        guard !loop.isCurrent else { return begin(connection) }
        loop.perform { [self] in
            // This loop may have routed anew since, and retired the host of the earlier router.
            if let newer = routes.router(of: connection.listener) { connection.reroute(newer) }
            begin(connection)
        }
    }

    private func begin(_ connection: Connection) {
        switch connection.proxyRole {
        case .client:
            let host = connection.expectedHost
            connection.begin(answer(to: connection, host), host)
        case .proxy:
            // Whose connection it is decides about its host, and whether it may connect.
            connection.begin(admission.admit(nil), nil, isProxy: true)
        case .stranger(let refusal):
            connection.begin(.denied(refusal), nil)
        }
        // Another loop accepted the client before the shutdown and handed it over afterwards.
        if isCut { connection.cut() }
    }

    /// Whether a client may begin: what costs least is asked first.
    private func answer(to connection: Connection, _ host: Host?) -> Admission.Answer {
        objection(to: connection) ?? admission.admit(host?.account)
    }

    /// Why its address may not connect, or the program does not admit it.
    private func objection(to connection: Connection) -> Admission.Answer? {
        let address = connection.peer.ip
        if let refusal = admission.access.refusal(of: address)
            ?? connection.router?.refusal(of: address)
        {
            return .denied(refusal)
        }
        let isWanted = options.admits?(connection.peer, connection.listener.listener) ?? true
        return isWanted ? nil : .unwanted
    }

    /// Serves the client that a load balancer has named.
    func welcome(_ connection: Connection) {
        if let newer = routes.router(of: connection.listener) { connection.reroute(newer) }
        connection.follow(objection(to: connection) ?? .welcome, connection.expectedHost)
    }

    /// Removes a closed client and updates all counts; on the loop.
    func remove(_ client: Connection) {
        counters.clients.decrement()
        if client.place == .undecided { admission.decided() }
        if client.place != .none { admission.leave() }
        if client.has(.refused) { refusals -= 1 }
        checkIfEmpty()
    }

    /// Whether an undecided client that has found its host may stay.
    func mayStay(with account: HostAccount) -> Bool {
        admission.decided()
        return admission.mayStay(with: account)
    }

    /// Counts a refused client, until ``remove(_:)``.
    ///
    /// - Parameter descriptor: its socket.
    /// - Returns: whether it may linger: not if it holds one of the last descriptors, without which the
    ///   listener has to pause.
    func countRefusal(holding descriptor: CInt) -> Bool {
        refusals += 1
        let isScarce = descriptor >= options.descriptorCeiling - ServerOptions.reservedDescriptors
        return refusals <= ServerOptions.lingeringRefusals && !isScarce
    }

    /// Starts the rotation of the server's ticket keys; one loop does it for all.
    func rotate(_ keys: TicketKeyRing) {
        let timer = LoopTimer(on: loop) { [unowned self] in
            keys.rotate()
            rotation?.start(after: TicketKeyRing.rotationTime)
        }
        rotation = timer
        timer.start(after: TicketKeyRing.rotationTime)
    }

    /// Switches to the next state of the server.
    ///
    /// Accepts from new listeners, stops accepting from closed ones, and routes new clients of the others by
    /// the new routers.
    func apply(_ change: ServerChange, of server: Server) {
        for listener in change.closed {
            acceptors.removeValue(forKey: listener.id)?.close()
        }
        let added = routes.update(change)
        guard mayAccept else { return }
        for route in added {
            let acceptor = Acceptor(route, worker: self, server: server)
            acceptors[route.listener.id] = acceptor
            acceptor.open()
        }
    }

    /// Drains the clients of hosts that are no longer served, and disconnects them after the host's
    /// `DrainTimeout`.
    func retire(_ hosts: HostRetirement) {
        if hosts.hasClients { forEachClient(of: hosts) { $0.drain() } }
        retirements.removeAll { !$0.isRunning }
        retirements.append(
            RetirementTimer(on: loop, after: hosts.drainTimeout) { [weak self] in
                for account in hosts.accounts { account.end() }
                if hosts.hasClients { self?.forEachClient(of: hosts) { $0.cut() } }
            })
    }

    private func forEachClient(of hosts: HostRetirement, _ body: (Connection) -> Void) {
        for connection in connections {
            if let host = connection.host, hosts.contains(host) { body(connection) }
        }
    }

    /// All connections of this server on the loop, where others may have theirs.
    private var connections: [Connection] {
        loop.sources.compactMap { $0 as? Connection }.filter { $0.worker === self }
    }

    /// Stops accepting: new clients wait in the backlog of the kernel.
    func stopAccepting() {
        mayAccept = false
        for acceptor in acceptors.values { acceptor.close() }
        acceptors = [:]
        rotation?.stop()
        rotation = nil
    }

    /// Pauses or resumes accepting from a listener.
    func pauseOrResume(_ listener: UInt64) { acceptors[listener]?.pauseOrResume() }

    /// Drains all clients; call it when no loop accepts any more.
    ///
    /// - Parameter onEmpty: called on the loop when the last client is closed.
    func drain(onEmpty: @escaping @Sendable () -> Void) {
        isDraining = true
        self.onEmpty = onEmpty
        for connection in connections { connection.drain() }
        checkIfEmpty()
    }

    /// Disconnects all clients.
    func cut() {
        isCut = true
        stopTimers()
        for connection in connections { connection.cut() }
    }

    /// Counts a connection to a target or a program that joins the loop.
    func dialedJoined() { dialedCount += 1 }

    /// Counts one that has left the loop.
    func dialedLeft() {
        dialedCount -= 1
        checkIfLeft()
    }

    /// Begins to take all of this server off the loop, when no loop accepts any more: disconnects the clients
    /// and their targets.
    ///
    /// - Parameter completion: called on the loop once the last of them is closed: their tasks have ended.
    func leave(_ completion: @escaping @Sendable () -> Void) {
        cut()
        routes.removeAll()
        onLeft = completion
        checkIfLeft()
    }

    /// Takes the rest off the loop: connections whose handlers do not return.
    func leaveNow() {
        for connection in connections { connection.close(connection.cutReason) }
        (onEmpty, onLeft) = (nil, nil)
    }

    private func checkIfEmpty() {
        checkIfLeft()
        guard isDraining, counters.clients.value == 0 else { return }
        stopTimers()
        onEmpty?()
        onEmpty = nil
    }

    private func checkIfLeft() {
        guard let onLeft, counters.clients.value == 0, dialedCount == 0 else { return }
        self.onLeft = nil
        onLeft()
    }

    private func stopTimers() {
        for retirement in retirements { retirement.stop() }
        retirements = []
    }
}

/// Waits on a loop for the end of a drain period.
private final class RetirementTimer {
    private var timer: LoopTimer?

    init(on loop: EventLoop, after time: Duration, _ action: @escaping () -> Void) {
        let timer = LoopTimer(on: loop) { [weak self] in
            self?.stop()
            action()
        }
        self.timer = timer
        timer.start(after: time)
    }

    var isRunning: Bool { timer != nil }

    func stop() {
        timer?.stop()
        timer = nil
    }
}
