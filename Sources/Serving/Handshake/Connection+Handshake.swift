internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
internal import TLS

extension Connection: TLSIdentityChooser {
    /// Answers the ClientHello with the identity of the host that is chosen now.
    func identity(serverName: String?) -> TLSIdentity? {
        guard let tls else { return nil }
        // The hosts of this moment serve it, not those of its accept: it may have been silent for long.
        // A second ClientHello has to get the first answer.
        if tls.chosen == nil, let newer = worker.routes.router(of: listener) { reroute(newer) }
        guard let host = router?.host(serverName: serverName) else { return nil }
        if tls.chosen == nil, let refusal = host.access?.refusal(of: peer.ip) {
            tls.refusal = refusal
            return nil
        }
        if tls.chosen == nil { host.account.handshakeBegan() }
        tls.chosen = host
        return host.identity
    }

    var deniesAccess: Bool { tls?.refusal != nil }

    /// Waits for the ClientHello; the whole handshake must be done within `HandshakeTimeout`.
    func beginHandshake() {
        guard router?.defaultContext != nil else {
            close(.hostDown)
            return
        }
        enter(.handshaking)
        loop.setDeadline(source, worker.handshakeDeadline)
    }

    /// Continues the handshake as far as the bytes that have arrived allow.
    func continueHandshake() {
        let step: TLSHandshakeStep
        if let tls {
            step = advanceHandshake(tls, self)
        } else if let context = router?.defaultContext {
            step = receiveHello(context, self)
        } else {
            return close(.hostDown)
        }
        switch step {
        case .wantsRead:
            clear(.readable)
        case .wantsWrite:
            watchOutput()
        case .done:
            guard let tls, let host = tls.chosen else {
                close(.hostDown)
                return
            }
            loop.setDeadline(source, .none)
            noteArrivals(behind: tls)
            start(for: host)
            // Otherwise the end of the connection counts it out.
            if self.host != nil { host.account.handshakeEnded() }
        case .refused(let serverName) where tls?.refusal != nil:
            closeGracefully(.addressDenied, serverName: serverName, by: tls?.refusal)
        case .refused(let serverName):
            closeGracefully(
                router?.refusal(of: serverName) ?? .unrecognizedName, serverName: serverName)
        case .failed(let error):
            var name: String?
            if let tls { name = tls.session.serverName ?? worker.port.askedName }
            closeGracefully(.handshakeFailed, detail: error.message, serverName: name)
        case .closed:
            close(.handshakeFailed, detail: "the peer disconnected during the handshake")
        }
    }

    /// Notes whether the client may have sent its first bytes with its Finished.
    func noteArrivals(behind tls: TLSLayer) {
        set(.readable, to: !worker.port.drained || tls.session.hasBufferedInput || has(.hungUp))
    }
}
