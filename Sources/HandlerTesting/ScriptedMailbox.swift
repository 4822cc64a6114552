internal import HandlerAPI

/// The mailbox of a scripted client: what a handle does happens at once.
final class ScriptedMailbox: ClientMailbox, @unchecked Sendable {
    // Sendable because ClientMailbox is: a test uses its clients with one task.
    let id: UInt64
    private weak var connection: ScriptedConnection?
    private let peer: ScriptedPeer
    private var states: [ObjectIdentifier: any Sendable] = [:]

    init(of connection: ScriptedConnection, _ peer: ScriptedPeer) {
        id = connection.id
        self.connection = connection
        self.peer = peer
    }

    var isConnected: Bool { peer.isOpen }
    func send(_ bytes: [UInt8]) -> Bool { peer.sendFromOutside(bytes) }
    func disconnect(_ detail: String) { peer.cut() }
    func drain() { peer.drain() }
    func info() async -> ClientInfo? { isConnected ? connection?.info : nil }

    subscript(type: ObjectIdentifier) -> (any Sendable)? {
        get { states[type] }
        set { states[type] = newValue }
    }
}
