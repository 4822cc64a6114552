internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes

extension Connection {
    /// How a connection came about; this file has all that differs between them.
    enum Role {
        /// Accepted on a plain port; TLS after STARTTLS at most.
        case plainClient
        /// Accepted on an SSL port.
        case tlsClient
        /// Dialed for a client or for a host.
        case target(Dialed)
        /// One end of a pair of sockets, whose other end a client's program has.
        case program(Dialed)

        var dialed: Dialed? {
            switch self {
            case .plainClient, .tlsClient: nil
            case .target(let dialed), .program(let dialed): dialed
            }
        }

        var firstPhase: Phase {
            switch self {
            case .plainClient, .tlsClient: .accepted
            case .target: .connecting
            // Connected from the beginning.
            case .program: .serving
            }
        }
    }

    /// Whether it was accepted: such a connection has a handler, is counted, and is logged.
    var isClient: Bool { role.dialed == nil }

    /// The client whose handler uses it: itself, or the one for which it was dialed.
    var user: Connection { role.dialed?.owner ?? self }

    /// The host of a plain client before it is served; of a TLS client the handshake decides.
    var expectedHost: Host? {
        switch role {
        case .plainClient: router?.plainHost(for: peer.ip)
        default: nil
        }
    }

    /// Begins to serve a client for which there is room.
    ///
    /// - Parameter host: ``expectedHost``.
    func serveFirst(_ host: Host?) {
        switch (role, host) {
        case (.plainClient, let host?): start(for: host)
        case (.plainClient, nil): refuse(.hostDown)
        case (.tlsClient, _): beginHandshake()
        case (.target, _), (.program, _): preconditionFailure("it was not accepted")
        }
    }

    /// Whether the peer of a client that is refused can read why: not before a handshake.
    var canReadRefusal: Bool {
        switch role {
        case .plainClient: true
        case .tlsClient, .target, .program: false
        }
    }

    /// Removes a closed connection from where it is known.
    ///
    /// - Parameter detail: what the record of a client's end adds to the reason.
    func leave(_ detail: String) {
        switch role {
        case .plainClient, .tlsClient:
            reportEnd(detail)
            observeEnd()
            extras?.mailbox?.close()
            if let host {
                host.account.clientWent()
            } else {
                tls?.chosen?.account.handshakeEnded()
            }
            // The loop has the last reference. The descriptor is closed with it, which ends its watch;
            // if somebody else keeps the client, its events find nobody.
            loop.remove(source)
            worker.remove(self)
        case .target(let dialed), .program(let dialed):
            dialed.connectionClosed(self)
            // It may never have been on the loop.
            guard source != .nowhere else { return }
            loop.remove(source)
            worker.dialedLeft()
        }
    }
}
