internal import HandlerAPI

/// What few connections have, kept apart so that the others are small.
@safe final class Extras: @unchecked Sendable {
    // Sendable because it belongs to a connection, which is confined to its loop.

    /// What the handler has put back, from `heldStart` on.
    private(set) var held: [UInt8] = []
    var heldStart = 0
    /// `held.count`, apart: an access to the array costs an exclusivity check, each time that a relay
    /// checks whether anything is held.
    private var heldCount = 0
    /// All of it was put back at the last read: there has to be more before it is lent again.
    var isIncomplete = false
    /// How many bytes of `held` are lent now.
    var lentCount = 0

    /// Distinguish a child's wait from the next one, for a cancellation that comes late.
    var readNumber: UInt16 = 0
    var writeNumber: UInt16 = 0
    /// What it has sent of its ClientHello.
    var hello: PartialHello?
    /// Why it was cut.
    var cutReason = CloseReason.drained

    /// Waits in a row that ended without having begun.
    var vainWaits: UInt16 = 0

    var lingering = Lingering()
    /// How often it was checked whether an aborted connection is delivered.
    var deliveryChecks = 0
    /// What the client's handler has dialed and not closed.
    var peers: [Connection] = []
    var relay: Relay?
    /// What handles share with the client.
    var mailbox: Mailbox?
    /// Messages are the next to be sent when the backlog is empty, the handler was the last time.
    var isMailDue = false
    /// What hardly any connection has: each of a relayed pair has extras, which are memory of the pair.
    private var rarities: Rarities?

    private final class Rarities {
        var proxyHeader: PartialProxyHeader?
        var via: ProxiedConnection?
        var cutDetail = ""
        var delegate: (any Handler)?
    }

    /// What the record adds to the reason why it was cut.
    var cutDetail: String {
        get { rarities?.cutDetail ?? "" }
        set { if !newValue.isEmpty || rarities != nil { needRarities().cutDetail = newValue } }
    }

    /// Who serves the client in place of its host's handler (``Afterwards/delegate(to:)``).
    var delegate: (any Handler)? {
        get { rarities?.delegate }
        set { needRarities().delegate = newValue }
    }

    /// What a load balancer has sent of its header.
    var proxyHeader: PartialProxyHeader? {
        get { rarities?.proxyHeader }
        set { needRarities().proxyHeader = newValue }
    }

    /// The load balancer that passes the client on.
    var via: ProxiedConnection? {
        get { rarities?.via }
        set { needRarities().via = newValue }
    }

    private func needRarities() -> Rarities {
        let found = rarities ?? Rarities()
        rarities = found
        return found
    }

    /// What the handler has begun without a task and continues in one.
    var remainder: (@concurrent (Client) async throws -> Afterwards)?

    var isEmpty: Bool { heldStart == heldCount }

    /// Keeps a copy of what was lent from elsewhere.
    func hold(_ rest: Span<UInt8>, of count: Int) {
        held = []
        heldStart = 0
        held.append(copying: rest)
        heldCount = held.count
        isIncomplete = rest.count == count
    }

    /// Appends what has arrived since.
    func append(_ more: Span<UInt8>) {
        held.removeFirst(heldStart)
        heldStart = 0
        held.append(copying: more)
        heldCount = held.count
    }

    func dropHeld() {
        held = []
        heldStart = 0
        heldCount = 0
        isIncomplete = false
    }
}
