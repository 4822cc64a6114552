internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
internal import Platform
internal import Synchronization
internal import TLS

/// One event loop with its clients and what they share.
final class Worker: @unchecked Sendable {
    // Sendable because the variables are touched on the loop's thread only; the rest are constants,
    // atomics, or lock for themselves.
    let loop: EventLoop
    let port: TLSPort
    /// What holds for all hosts now.
    private(set) var options: ServerOptions
    let events: EventQueue
    /// The threads for what handlers do off the loops; those of all workers.
    let offLoop: ThreadPool
    /// Finds the addresses that handlers dial, for all workers.
    let resolver: Resolver
    /// For large transfers of relayed clients.
    let pipes = PipePool()
    let counters = Counters()
    let locals = LoopLocals()
    /// The number of the last ping that the loop has come to.
    let answeredPing = Atomic<UInt64>(0)
    /// The number of the host whose handler was at work last (``HostNumbers``), 0 for none since the
    /// last ping.
    let lastServed = Atomic<UInt32>(0)
    private let admission: Admission
    /// Where clients are accepted, as ``acceptors`` do: whoever dials looks here first.
    private var ownPorts: Set<UInt16?> = []
    private let number: Int
    private let idStride: Int
    private let idCounter = Atomic<UInt64>(0)

    /// By ``Listener/id``.
    private var acceptors: [UInt64: Acceptor] = [:]
    /// The one that was asked for last: most requests name a host, and most come to one listener.
    private var lastAcceptor: Acceptor?
    private var mayAccept = true
    private var retirements: [RetirementTimer] = []
    private var refusals = 0
    private var rotation: LoopTimer?
    private(set) var isDraining = false
    private var isCut = false
    private var onEmpty: (@Sendable () -> Void)?

    init(
        number: Int, options: ServerOptions, events: EventQueue, offLoop: ThreadPool,
        resolver: Resolver, admission: Admission, ticketKeys: TicketKeyRing,
        shared: [any AnyObject & Sendable]
    ) throws {
        self.number = number
        idStride = options.workers
        self.options = options
        self.events = events
        self.admission = admission
        self.offLoop = offLoop
        self.resolver = resolver
        loop = try EventLoop()
        port = try TLSPort(ticketKeys: ticketKeys)
        for object in shared { locals[ObjectIdentifier(type(of: object))] = object }
    }

    /// A number that no other client of this server has; from any thread.
    func nextClientID() -> UInt64 {
        let count = idCounter.add(1, ordering: .relaxed).newValue
        return count &* UInt64(idStride) &- UInt64(number)
    }

    var handshakeDeadline: Deadline { loop.deadline(after: options.handshakeTimeout) }

    /// Takes over what holds for all hosts from now on; the number of loops stays.
    func apply(_ options: ServerOptions) { self.options = options }

    /// Takes a client over; from any thread.
    func adopt(_ connection: Connection) {
        counters.clients.increment()
        // Most are the loop's own: no closure for them.
        guard !loop.isCurrent else { return begin(connection) }
        loop.perform { [self] in begin(connection) }
    }

    private func begin(_ connection: Connection) {
        let host = connection.router.flatMap { $0.listener.isTLS ? nil : $0.plainHost }
        let answer = admission.admit(host?.account)
        if answer == .welcome { connection.place = host == nil ? .undecided : .admitted }
        connection.begin(answer)
        // Another loop accepted it before the cut and handed it over after.
        if isCut { connection.cut() }
    }

    /// Counts a client out, on the loop.
    func clientEnded(_ connection: Connection) {
        counters.clients.decrement()
        if connection.place == .undecided { admission.decided() }
        if connection.place != .none { admission.leave() }
        if connection.isRefused { refusals -= 1 }
        tellIfEmpty()
    }

    /// Counts a client that has found its host.
    ///
    /// - Returns: whether there is room for it.
    func decide(_ connection: Connection, for host: Host) -> Bool {
        guard connection.place == .undecided else { return true }
        connection.place = .admitted
        admission.decided()
        return admission.mayStay(with: host.account)
    }

    /// Counts a client that is turned away, until ``clientEnded(_:)`` counts it out.
    ///
    /// - Parameter descriptor: what it holds.
    /// - Returns: whether it may linger: not when it would take the last descriptors, for then the
    ///   listener would have to wait.
    func countRefusal(holding descriptor: CInt) -> Bool {
        refusals += 1
        let isScarce = descriptor >= options.descriptorCeiling - ServerOptions.reservedDescriptors
        return refusals <= ServerOptions.lingeringRefusals && !isScarce
    }

    /// Lets the ticket keys of the server change in time; one loop does it for all.
    func rotate(_ keys: TicketKeyRing) {
        let timer = LoopTimer(on: loop) { [unowned self] in
            keys.rotate()
            rotation?.start(after: TicketKeyRing.rotationTime)
        }
        rotation = timer
        timer.start(after: TicketKeyRing.rotationTime)
    }

    /// Begins to accept from new listeners, stops with those that are gone, and routes the clients
    /// of the others anew.
    func serve(_ change: ServerChange, of server: Server) {
        lastAcceptor = nil
        for listener in change.closed {
            acceptors.removeValue(forKey: listener.id)?.close()
        }
        defer { ownPorts = Set(acceptors.values.map(\.endpoint.port)) }
        guard mayAccept else { return }
        for (listener, router) in change.routes {
            if let acceptor = acceptors[listener.id] {
                acceptor.router = router
            } else {
                let acceptor = Acceptor(listener, router: router, worker: self, server: server)
                acceptors[listener.id] = acceptor
                acceptor.open()
            }
        }
    }

    /// The router of a listener as it is now; nil when it is closed, or speaks otherwise.
    func router(of listener: ListenerFacts) -> EndpointRouter? {
        if lastAcceptor?.id != listener.listener { lastAcceptor = acceptors[listener.listener] }
        guard let router = lastAcceptor?.router, router.listener.isTLS == listener.isTLS
        else { return nil }
        return router
    }

    /// Whether somebody who dials comes to a host of this server.
    func leads(_ endpoint: Endpoint, _ target: DialTarget, to host: Host) -> Bool {
        guard ownPorts.contains(endpoint.port) else { return false }
        return acceptors.values.contains { acceptor in
            acceptor.isReached(by: endpoint)
                && acceptor.router.host(of: target)?.account === host.account
        }
    }

    /// Lets the clients of hosts that are no more finish, and ends those whose time is over.
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
        for source in loop.sources {
            guard let connection = source as? Connection, let host = connection.host,
                hosts.contains(host)
            else { continue }
            body(connection)
        }
    }

    /// Lets the kernel keep those who come now.
    func stopAccepting() {
        mayAccept = false
        // They stay, for their routers: those who are here still ask for hosts.
        for acceptor in acceptors.values { acceptor.close() }
        rotation?.stop()
        rotation = nil
    }

    /// Lets go of the listeners, which hold the worker and its server; once the loop has ended.
    func forgetListeners() { (acceptors, lastAcceptor) = ([:], nil) }

    /// Lets the clients finish, once no loop accepts any more.
    ///
    /// - Parameter onEmpty: called on the loop when the last client has gone.
    func drain(onEmpty: @escaping @Sendable () -> Void) {
        isDraining = true
        self.onEmpty = onEmpty
        for source in loop.sources { (source as? Connection)?.drain() }
        tellIfEmpty()
    }

    /// Ends the clients that are still there.
    func cut() {
        isCut = true
        stopTimers()
        for source in loop.sources { (source as? Connection)?.cut() }
    }

    /// Ends what is still there of connections that hosts have dialed and closed, whose peers take
    /// their time: they hold the loop, which holds them.
    func cutDialed() {
        for source in loop.sources {
            guard let connection = source as? Connection, connection.extras?.dialed != nil
            else { continue }
            connection.cut()
        }
    }

    private func tellIfEmpty() {
        guard isDraining, counters.clients.value == 0 else { return }
        stopTimers()
        onEmpty?()
        onEmpty = nil
    }

    private func stopTimers() {
        for retirement in retirements { retirement.stop() }
        retirements = []
    }
}

/// Waits for the end of a drain period on a loop, and is gone then.
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
