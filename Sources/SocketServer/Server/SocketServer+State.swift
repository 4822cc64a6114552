extension SocketServer {
    /// What a server does now; in ICS: `State`.
    @nonexhaustive
    public enum State: String, Hashable, Sendable {
        /// It has not listened yet.
        case idle
        /// It accepts clients.
        case listening
        /// It accepts no clients; connected ones are served.
        case closed
        /// Its clients finish.
        case draining
        /// All clients are disconnected and all threads have exited. It may listen again.
        case ended
    }

    /// The counters of a server at one moment.
    public struct Numbers: Hashable, Sendable {
        /// Connected clients; in ICS: `ClientCount`.
        public let clients: Int
        /// Clients accepted so far.
        public let accepted: Int
        /// Clients refused so far, before their handler was called.
        public let refused: Int
        /// Failed TLS handshakes so far.
        public let handshakesFailed: Int
    }

    /// How a server has ended.
    public struct DrainReport: Hashable, Sendable {
        /// The clients that were connected at the beginning.
        public internal(set) var clients = 0
        /// The clients that were disconnected when their time had expired, or by ``SocketServer/abort()``.
        public internal(set) var aborted = 0
        /// How long it took.
        public internal(set) var duration = Duration.zero
        /// Whether threads are left, because a handler blocks its loop.
        public internal(set) var areThreadsLeft = false
    }
}
