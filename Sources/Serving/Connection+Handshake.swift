internal import EventLoops
internal import TLS

extension Connection: TLSIdentityChooser {
    /// Answers the ClientHello with the identity of the host that is chosen now.
    func identity(serverName: String?) -> TLSIdentity? {
        guard let tls else { return nil }
        // A client may have been silent for long: the hosts of now serve it, not those of then. A
        // second ClientHello has to get the first answer.
        if tls.chosen == nil, let newer = worker.router(of: listener) { reroute(newer) }
        guard let host = router?.host(serverName: serverName) else { return nil }
        tls.chosen = host
        return host.identity
    }

    /// Starts the TLS handshake; its deadline is `HandshakeTimeout`.
    func beginHandshake() {
        guard let context = router?.defaultContext else {
            close(.hostDown)
            return
        }
        do {
            tls = TLSLayer(session: try TLSSession(context: context, port: worker.port))
        } catch {
            close(.handshakeFailed, detail: error.message)
            return
        }
        phase = .handshaking
        loop.setDeadline(source, worker.handshakeDeadline)
    }

    /// Goes on with the handshake as far as the bytes that are here allow.
    func continueHandshake() {
        guard let tls else { return }
        let step = tls.session.handshake(
            socket: socket.number, port: worker.port, chooser: self)
        switch step {
        case .wantsRead:
            mayRead = false
        case .wantsWrite:
            watchOutput()
        case .done:
            guard let host = tls.chosen else {
                close(.hostDown)
                return
            }
            loop.setDeadline(source, .none)
            noteArrivals(behind: tls)
            start(for: host)
        case .refused(let serverName):
            goodbye(
                router?.refusal(of: serverName) ?? .unrecognizedName, serverName: serverName)
        case .failed(let error):
            goodbye(
                .handshakeFailed, detail: error.message,
                serverName: tls.session.serverName ?? worker.port.askedName)
        case .closed:
            close(.handshakeFailed, detail: "the peer disappeared in the handshake")
        }
    }

    /// Notes whether the client may have sent its first bytes with its Finished.
    func noteArrivals(behind tls: TLSLayer) {
        mayRead = !worker.port.drained || tls.session.hasBufferedInput || sawHangUp
    }
}
