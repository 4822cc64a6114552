internal import Configuration
internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
internal import Platform
internal import TLS

/// Connections that were not accepted but dialed: they have no phases of their own handler, but
/// belong to the task of a client, or of a host.
extension Connection {
    /// Takes a socket that connects.
    convenience init(
        dialing endpoint: Endpoint, over socket: consuming StreamSocket, for dialer: Dialer
    ) {
        let peer =
            endpoint.socketAddress ?? SocketAddress(UnixPeer(processID: 0, userID: 0))
        self.init(
            socket: socket, peer: peer, listener: dialer.listener,
            destination: .host(dialer.host), worker: dialer.worker)
        phase = .connecting
        watchesOutput = true
        let extras = Extras()
        extras.dialed = Dialed(owner: dialer.owner)
        self.extras = extras
    }

    /// Takes one end of a pair of sockets, whose other end a program has.
    convenience init(pairing socket: consuming StreamSocket, for dialer: Dialer) {
        let peer = SocketAddress(UnixPeer(processID: 0, userID: 0))
        self.init(dialing: Endpoint(peer), over: socket, for: dialer)
        phase = .serving
    }

    /// Joins the loop, as ``init(pairing:for:)`` left it.
    func beginAsPair() throws(SystemError) {
        source = loop.add(self)
        extras?.dialed?.owner?.keep(peer: self)
        do {
            try loop.watch(socket.number, for: source, .inputAndOutput)
        } catch {
            close(.systemError)
            throw error
        }
    }

    /// Waits until the socket is connected, and the target has shaken hands when it is to speak TLS.
    ///
    /// - Throws: ``DialError``; ``ClientError/cancelled``. The connection is closed then.
    func finishDialing(_ target: DialTarget, within limit: Duration) async throws {
        source = loop.add(self)
        extras?.dialed?.owner?.keep(peer: self)
        do throws(any Error) {
            try loop.watch(socket.number, for: source, .inputAndOutput)
            loop.setDeadline(source, after: limit)
            if phase == .connecting { try await waitToDial() }
            // Writable, and nothing else said, it is connected.
            if sawHangUp, let error = socket.connectionError {
                throw DialError.unreachable(reason: error.reason)
            }
            phase = .serving
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

    /// Goes on with the handshake; returns whether it is done.
    private func continueDialing(_ layer: TLSLayer) throws -> Bool {
        switch layer.session.connect(socket: socket.number, port: worker.port) {
        case .done:
            noteArrivals(behind: layer)
            return true
        case .wantsRead:
            mayRead = false
        case .wantsWrite:
            waitForOutput()
        case .failed(let error):
            throw DialError.tlsFailed(reason: error.message)
        }
        return false
    }

    /// Notes a connection that ends with this client at the latest.
    func keep(peer: Connection) {
        let extras = needExtras()
        extras.peers.append(peer)
    }

    /// Ends a connection that was dialed: what is unsent still goes out.
    ///
    /// - Parameter isWhole: false to break it off, for a target must not take what it got for all.
    func hangUp(isWhole: Bool = true) {
        guard let extras, extras.dialed != nil else { return }
        switch phase {
        case .connecting: close(.disconnected)
        case .serving where failure != nil: close(.disconnected)
        case .serving where isWhole: finishOutput()
        case .serving: breakOff()
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
