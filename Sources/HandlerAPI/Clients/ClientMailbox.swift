/// The part of a client that other threads may use: what a ``ClientHandle`` holds.
///
/// An engine creates one for a client that needs it, and closes it with the client.
package protocol ClientMailbox: AnyObject, Sendable {
    /// The client's number.
    var id: UInt64 { get }

    /// Whether the client is connected.
    var isConnected: Bool { get }

    /// Implements ``ClientHandle/send(_:)``.
    func send(_ bytes: [UInt8]) -> Bool

    /// Implements ``ClientHandle/disconnect(_:)``.
    func disconnect(_ detail: String)

    /// Implements ``ClientHandle/drain()``.
    func drain()

    /// Implements ``ClientHandle/info()``.
    func info() async -> ClientInfo?

    /// The value of a type that is kept with the client.
    subscript(type: ObjectIdentifier) -> (any Sendable)? { get set }
}

extension ClientMailbox {
    /// The value of this type that is kept with the client.
    package func state<State: Sendable>(_ type: State.Type) -> State? {
        self[ObjectIdentifier(type)] as? State
    }
}
