internal import HandlerAPI

/// What few connections have, kept apart so that the others are small.
@safe final class Extras: @unchecked Sendable {
    // Sendable because it belongs to a connection, which is confined to its loop.

    /// What the handler has put back, from `heldStart` on.
    private(set) var held: [UInt8] = []
    var heldStart = 0
    /// How many bytes that are, apart: a look at the array costs a check, each time that a relay
    /// asks whether anything is held.
    private var heldCount = 0
    /// All of it was put back at the last read: there has to be more before it is lent again.
    var isIncomplete = false
    /// How many bytes of `held` are lent now.
    var lentCount = 0

    /// Tell a child's wait from the next one, for a cancellation that comes late.
    var readNumber: UInt16 = 0
    var writeNumber: UInt16 = 0
    /// What it has sent of its ClientHello.
    var hello: PartialHello?
    /// Why it was cut.
    var cutReason = CloseReason.drained

    /// It ends in the middle of what the peer was to get, and is to tell.
    var isBrokenOff = false
    /// Waits in a row that ended without having begun.
    var vainWaits: UInt16 = 0

    /// Bytes that were thrown away since our side ended.
    var lingered = 0
    /// What the connection is that was not accepted.
    var dialed: Dialed?
    /// What the client's handler has dialed and not ended.
    var peers: [Connection] = []
    var relay: Relay?
    /// What its handler has begun without a task, and goes on with in one.
    var begun: ((Client) async throws -> Afterwards)?

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
