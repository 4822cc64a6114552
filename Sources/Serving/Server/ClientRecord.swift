/// One connected client as an operator sees it.
package struct ClientRecord: Sendable {
    /// Who it is and what it has done so far.
    package let facts: ClientFacts
    /// The host's tag, nil as long as none is chosen.
    package let hostTag: String?
    /// The host's section, which tells hosts of one tag from each other.
    package let section: String?
    /// The host's handler.
    package let handler: String?
    /// The listener it came to, as the journal's LISTENER shows it.
    package let listener: String
    /// What it is at: `handshaking`, `serving`, `resting`, `flushing` or `lingering`.
    package let phase: String
    /// The number of its loop.
    package let loop: Int
    /// When it was accepted, in nanoseconds of CLOCK_MONOTONIC.
    package let acceptedAt: UInt64
}

extension Connection {
    /// What is known of the client now, on its loop.
    func record(loop number: Int) -> ClientRecord {
        ClientRecord(
            facts: facts(), hostTag: host?.tag, section: host?.section,
            handler: host?.handlerName, listener: listener.name, phase: "\(phase)", loop: number,
            acceptedAt: acceptedAt)
    }
}
