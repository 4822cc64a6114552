public import NetworkTypes
internal import Planning
internal import Serving

extension SocketServer {
    /// A listening socket of a server; in ICS: an element of `MultiListenSockets`.
    ///
    /// It is a reference: it does not keep the socket open.
    public struct Listener: Sendable, Hashable, Identifiable {
        /// A number that no other listener of this process has; in ICS: `MultiListenIndex`.
        public let id: Int
        /// Whether clients speak TLS from their first byte.
        public let isTLS: Bool
        /// The address with the real port; nil for a unix socket.
        public let address: SocketAddress?
        /// The address in words: `192.0.2.1:443`, `unix:/run/a.sock`.
        public let name: String
        private let place: Place

        /// The socket, as long as it is open.
        private struct Place: Sendable {
            weak let listener: Serving.Listener?
            weak let server: Serving.Server?
        }

        init(_ opened: OpenedEndpoint, of server: Serving.Server) {
            id = Int(opened.listener.id)
            isTLS = opened.endpoint.isTLS
            address = opened.address.socketAddress
            name = "\(opened.address)"
            place = Place(listener: opened.listener, server: server)
        }

        /// The descriptor of the socket; nil when it is closed.
        ///
        /// In ICS: `HSocket`.
        ///
        /// The server owns it: it may be inspected and set up, not closed or accepted from.
        public var descriptor: CInt? { place.listener?.number }

        /// Whether it accepts no clients.
        public var isPaused: Bool { place.listener?.isPaused ?? false }

        /// Stops accepting clients: new ones wait in the queue of the kernel until ``resume()``.
        ///
        /// Takes effect on each loop within its current turn. Connected clients are not affected, nor are other listeners.
        public func pause() { set(isPaused: true) }

        /// Accepts clients again, those in the queue of the kernel first.
        public func resume() { set(isPaused: false) }

        private func set(isPaused: Bool) {
            guard let listener = place.listener else { return }
            place.server?.set(isPaused: isPaused, listener)
        }

        /// Whether both are the same socket.
        public static func == (left: Listener, right: Listener) -> Bool { left.id == right.id }

        /// Hashes the number.
        public func hash(into hasher: inout Hasher) { hasher.combine(id) }
    }
}
