internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
internal import Platform
internal import Synchronization
internal import TLS

/// One event loop, its clients, and what they share.
final class Worker: @unchecked Sendable {
    // Sendable because the variables are touched on the loop's thread only; the rest are constants,
    // atomics, or lock for themselves.
    let loop: EventLoop
    let port: TLSPort
    /// The current options of the whole server.
    private(set) var options: ServerOptions
    let events: EventQueue
    /// The threads for jobs of handlers off the loops, shared by all workers.
    let offLoop: ThreadPool
    /// Resolves the names that handlers dial, for all workers.
    let resolver: Resolver
    /// For large transfers of relayed clients.
    let pipes = PipePool()
    let routes = RouteTable()
    let counters = Counters()
    let locals = LoopLocals()
    /// The number of the last ping that the loop has answered.
    let answeredPing = Atomic<UInt64>(0)
    /// The number of the host whose handler ran last (``HostNumbers``), 0 for none since the last ping.
    let lastServed = Atomic<UInt32>(0)
    private let admission: Admission
    private let number: Int
    private let idStride: Int
    private let idCounter = Atomic<UInt64>(0)

    /// By ``Listener/id``.
    private var acceptors: [UInt64: Acceptor] = [:]
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

    /// Takes over new options of the server; the number of loops stays.
    func apply(_ options: ServerOptions) { self.options = options }

    /// Takes a client over; from any thread.
    func adopt(_ connection: Connection) {
        counters.clients.increment()
        // Most are the loop's own: no closure for them.
        guard !loop.isCurrent else { return begin(connection) }
        loop.perform { [self] in begin(connection) }
    }

    private func begin(_ connection: Connection) {
        let host = connection.expectedHost
        connection.begin(admission.admit(host?.account), host)
        // Another loop accepted it before the cut and handed it over after.
        if isCut { connection.cut() }
    }

    /// Removes a closed client from all counts, on the loop.
    func remove(_ client: Connection) {
        counters.clients.decrement()
        if client.place == .undecided { admission.decided() }
        if client.place != .none { admission.leave() }
        if client.has(.refused) { refusals -= 1 }
        checkIfEmpty()
    }

    /// Whether there is room for a client that was undecided and has found its host.
    func mayStay(with account: HostAccount) -> Bool {
        admission.decided()
        return admission.mayStay(with: account)
    }

    /// Counts a client that is refused, until ``remove(_:)``.
    ///
    /// - Parameter descriptor: its socket.
    /// - Returns: whether it may linger: not if it holds one of the last descriptors, without which the
    ///   listener has to pause.
    func countRefusal(holding descriptor: CInt) -> Bool {
        refusals += 1
        let isScarce = descriptor >= options.descriptorCeiling - ServerOptions.reservedDescriptors
        return refusals <= ServerOptions.lingeringRefusals && !isScarce
    }

    /// Rotates the ticket keys of the server from now on; one loop does it for all.
    func rotate(_ keys: TicketKeyRing) {
        let timer = LoopTimer(on: loop) { [unowned self] in
            keys.rotate()
            rotation?.start(after: TicketKeyRing.rotationTime)
        }
        rotation = timer
        timer.start(after: TicketKeyRing.rotationTime)
    }

    /// Goes over to the next state of the server: accepts from new listeners, stops accepting from
    /// closed ones, and routes new clients of the others by the new routers.
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

    /// Drains the clients of hosts that are no longer served, and disconnects them after the
    /// `DrainTimeout` of their host.
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

    /// Stops accepting: new clients wait in the queue of the kernel.
    func stopAccepting() {
        mayAccept = false
        for acceptor in acceptors.values { acceptor.close() }
        acceptors = [:]
        rotation?.stop()
        rotation = nil
    }

    /// Releases the listeners, and the acceptors, which hold the worker and its server; once the loop
    /// has ended.
    func releaseListeners() {
        acceptors = [:]
        routes.removeAll()
    }

    /// Drains all clients, once no loop accepts any more.
    ///
    /// - Parameter onEmpty: called on the loop when the last client is closed.
    func drain(onEmpty: @escaping @Sendable () -> Void) {
        isDraining = true
        self.onEmpty = onEmpty
        for source in loop.sources { (source as? Connection)?.drain() }
        checkIfEmpty()
    }

    /// Disconnects all clients.
    func cut() {
        isCut = true
        stopTimers()
        for source in loop.sources { (source as? Connection)?.cut() }
    }

    /// Disconnects targets that hosts have dialed and closed, and whose peers take their time: they hold
    /// the loop, which holds them.
    func cutDialed() {
        for source in loop.sources {
            guard let connection = source as? Connection, !connection.isClient
            else { continue }
            connection.cut()
        }
    }

    private func checkIfEmpty() {
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
