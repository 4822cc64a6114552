internal import Configuration
internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
internal import Platform
internal import TLS

/// Connections that were dialed: they have no handler, but belong to the task of a client or of a host.
extension Connection {
    /// Takes a socket that connects.
    convenience init(
        dialing endpoint: Endpoint, over socket: consuming StreamSocket, for dialer: Dialer
    ) {
        self.init(
            socket: socket, peer: endpoint.socketAddress ?? Connection.unixPeer,
            role: .target(Dialed(owner: dialer.owner)), for: dialer)
    }

    /// Takes one end of a pair of sockets, whose other end a program has.
    convenience init(pairing socket: consuming StreamSocket, for dialer: Dialer) {
        self.init(
            socket: socket, peer: Connection.unixPeer, role: .program(Dialed(owner: dialer.owner)),
            for: dialer)
    }

    private convenience init(
        socket: consuming StreamSocket, peer: SocketAddress, role: Role, for dialer: Dialer
    ) {
        self.init(
            socket: socket, peer: peer, listener: dialer.listener, destination: .host(dialer.host),
            role: role, number: dialer.worker.nextClientNumber(), worker: dialer.worker)
        raise(.outputWatched)
    }

    /// The peer of a unix socket, of which nothing is known.
    private static var unixPeer: SocketAddress {
        SocketAddress(UnixPeer(processID: 0, userID: 0))
    }

    /// Joins the loop, as ``init(pairing:for:)`` left it.
    func beginAsPair() throws(SystemError) {
        joinLoop()
        do {
            try loop.watch(socket.number, for: source, .inputAndOutput)
        } catch {
            close(.systemError)
            throw error
        }
    }

    private func joinLoop() {
        source = loop.add(self)
        worker.dialedJoined()
        role.dialed?.owner?.keep(peer: self)
    }

    /// Waits until the socket is connected and, with TLS, the handshake is done.
    ///
    /// - Throws: ``DialError``; ``ClientError/cancelled``. The connection is closed then.
    func finishDialing(_ target: DialTarget, within limit: Duration) async throws {
        joinLoop()
        do throws(any Error) {
            try loop.watch(socket.number, for: source, .inputAndOutput)
            loop.setDeadline(source, after: limit)
            try await waitToDial()
            // Writable and not broken, it is connected.
            if has(.hungUp), let error = socket.connectionError {
                throw DialError.unreachable(reason: error.reason)
            }
            enter(.serving)
            if !target.preface.isEmpty { send(target.preface.span) }
            if let policy = target.tls { try await dialTLS(policy, target) }
            loop.setDeadline(source, .none)
        } catch {
            close(.disconnected)
            throw switch error {
            case let error as SystemError: DialError.unreachable(reason: error.reason)
            case ClientError.timedOut, ClientError.handshakeTimedOut: DialError.timedOut
            case ClientError.disconnected(let reason): DialError.unreachable(reason: reason)
            default: error
            }
        }
    }

    private func waitToDial() async throws {
        if let error = earlyWake.flatMap(error) { throw vainly(error) }
        if let error = error(for: await waitToRead()) { throw error }
    }

    private func dialTLS(_ policy: any ClientTLS, _ target: DialTarget) async throws {
        guard let policy = policy as? DialingPolicy else {
            preconditionFailure("a ClientTLS comes from HandlerOptions.clientTLS")
        }
        // The preface goes out in the clear.
        try await flush()
        let layer: TLSLayer
        do throws(TLSError) {
            layer = TLSLayer(
                session: try TLSSession(
                    to: target.tlsName, context: policy.context,
                    port: worker.port))
        } catch {
            throw DialError.tlsFailed(reason: error.message)
        }
        tls = layer
        try await finishHandshake { try continueDialing(layer) }
    }

    /// Continues the handshake; returns whether it is done.
    private func continueDialing(_ layer: TLSLayer) throws -> Bool {
        switch layer.session.connect(socket: socket.number, port: worker.port) {
        case .done:
            noteArrivals(behind: layer)
            return true
        case .wantsRead:
            clear(.readable)
        case .wantsWrite:
            waitForOutput()
        case .failed(let error):
            throw DialError.tlsFailed(reason: error.message)
        }
        return false
    }

    /// Keeps a connection that ends with this client at the latest.
    func keep(peer: Connection) {
        let extras = needExtras()
        extras.peers.append(peer)
    }

    /// Ends a connection that was dialed: what is unsent still goes out.
    ///
    /// - Parameter isWhole: false to abort it: the target must not take what it got for all there was.
    func hangUp(isWhole: Bool = true) {
        guard !isClient else { return }
        switch phase {
        case .connecting: close(.disconnected)
        case .serving where failure != nil: close(.disconnected)
        case .serving where isWhole: flushAndEnd()
        case .serving: flushAndAbort()
        default: break
        }
    }

    /// What went over the connection so far.
    var traffic: Traffic { Traffic(sent: bytesOut, received: bytesIn) }
}

extension DialTarget {
    /// The name that its certificate is for, as TLS has it: no final dot, letters beyond ASCII as DNS
    /// writes them (RFC 6066, 3), no zone.
    var tlsName: String {
        let name = serverName ?? name
        if let zone = name.utf8.firstIndex(of: UInt8(ascii: "%")), IPAddress(name[..<zone]) != nil {
            return String(name[..<zone])
        }
        return ServerName.ofTarget(name) ?? name
    }

    private var name: String {
        switch place {
        case .host(let name, _): name
        case .unix: "localhost"
        }
    }
}
