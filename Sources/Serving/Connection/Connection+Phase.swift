extension Connection {
    /// Where a connection is in its life; docs/ARCHITECTURE.md, "The life of a client", draws it.
    enum Phase: UInt8, CaseIterable {
        /// Accepted, and not yet decided what becomes of it.
        case accepted
        /// A load balancer has yet to say whose connection it is.
        case identifying
        /// Dialed, and not yet connected.
        case connecting
        /// The TLS handshake of an SSL port.
        case handshaking
        /// A handler uses it, its own or that of the client for which it was dialed.
        case serving
        /// Its handler has returned and runs again when something arrives.
        case resting
        /// A ``Relay`` moves its bytes.
        case relaying
        /// Its handler is done; the kernel has not taken all that it sent.
        case flushing
        /// Its output has ended; its input is read and dropped until the peer ends too.
        case lingering
        /// It ends in the middle of its output: the reset waits until the peer has what was sent.
        case aborting
        case closed

        /// The phases that may follow.
        var successors: [Phase] {
            switch self {
            case .accepted: [.identifying, .handshaking, .serving, .resting, .lingering, .closed]
            case .identifying: [.handshaking, .serving, .resting, .lingering, .closed]
            case .connecting: [.serving, .closed]
            case .handshaking: [.serving, .resting, .lingering, .closed]
            case .serving: [.resting, .relaying, .flushing, .lingering, .closed]
            case .resting: [.serving, .closed]
            case .relaying: [.serving, .closed]
            case .flushing: [.lingering, .aborting, .closed]
            case .lingering, .aborting: [.closed]
            case .closed: []
            }
        }
    }
}
