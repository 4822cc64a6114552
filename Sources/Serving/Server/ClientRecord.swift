internal import Configuration

/// A connected client, for the control socket.
package struct ClientRecord: Sendable {
    /// Its addresses, identity and counters.
    package let facts: ClientFacts
    /// The host's tag, nil until one is chosen.
    package let hostTag: String?
    /// The host's section, which is unique even among hosts with the same tag.
    package let section: String?
    /// The host's handler.
    package let handler: String?
    /// Its listener, in the form of the journal's LISTENER.
    package let listener: String
    /// Its phase, by the name of the case of `Connection.Phase`.
    package let phase: String
    /// The number of its loop.
    package let loop: Int
    /// When it was accepted, in nanoseconds of CLOCK_MONOTONIC.
    package let acceptedAt: UInt64
}

extension Connection {
    /// The record of the client at this moment; call it on its loop.
    func record(loop number: Int) -> ClientRecord {
        ClientRecord(
            facts: facts(), hostTag: host?.tag, section: host?.section,
            handler: host?.handlerName, listener: listener.name, phase: "\(phase)", loop: number,
            acceptedAt: acceptedAt)
    }
}
