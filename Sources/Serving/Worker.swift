internal import EventLoops
internal import Synchronization
internal import TLS

/// One event loop with its clients and what they share.
final class Worker: @unchecked Sendable {
    // Sendable because the variables are touched on the loop's thread only; the rest are constants,
    // atomics, or lock for themselves.
    let loop: EventLoop
    let port: TLSPort
    let options: ServerOptions
    let events: EventQueue
    let counters = Counters()
    /// The number of the last ping that the loop has come to.
    let answeredPing = Atomic<UInt64>(0)
    private let admission: Admission
    private let number: Int
    private let idCounter = Atomic<UInt64>(0)

    private var acceptors: [Acceptor] = []
    private var refusals = 0
    private var rotation: LoopTimer?
    private(set) var isDraining = false
    private var isCut = false
    private var onEmpty: (@Sendable () -> Void)?

    init(
        number: Int, options: ServerOptions, events: EventQueue, admission: Admission,
        ticketKeys: TicketKeyRing
    ) throws {
        self.number = number
        self.options = options
        self.events = events
        self.admission = admission
        loop = try EventLoop()
        port = try TLSPort(ticketKeys: ticketKeys)
    }

    /// A number that no other client of this server has; from any thread.
    func nextClientID() -> UInt64 {
        let count = idCounter.add(1, ordering: .relaxed).newValue
        return count &* UInt64(options.workers) &- UInt64(number)
    }

    var handshakeDeadline: Deadline { loop.deadline(after: options.handshakeTimeout) }

    /// Takes a client over; from any thread.
    func adopt(_ connection: Connection) {
        counters.clients.increment()
        loop.perform { [self] in
            connection.begin(isAdmitted: admission.admit())
            // Another loop accepted it before the cut and handed it over after.
            if isCut { connection.cut() }
        }
    }

    /// Counts a client out, on the loop.
    func clientEnded(_ connection: Connection) {
        counters.clients.decrement()
        if connection.isAdmitted { admission.leave() }
        if connection.isRefused { refusals -= 1 }
        tellIfEmpty()
    }

    /// Counts a client that is turned away, until ``clientEnded(_:)`` counts it out.
    ///
    /// - Returns: whether it may linger.
    func countRefusal() -> Bool {
        refusals += 1
        return refusals <= ServerOptions.lingeringRefusals
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

    /// Begins to accept from a listener.
    func accept(with acceptor: Acceptor) {
        acceptors.append(acceptor)
        acceptor.open()
    }

    /// Lets the kernel keep those who come now.
    func stopAccepting() {
        for acceptor in acceptors { acceptor.close() }
        acceptors = []
        rotation?.stop()
        rotation = nil
    }

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
        for source in loop.sources { (source as? Connection)?.cut() }
    }

    private func tellIfEmpty() {
        guard isDraining, counters.clients.value == 0 else { return }
        onEmpty?()
        onEmpty = nil
    }
}
