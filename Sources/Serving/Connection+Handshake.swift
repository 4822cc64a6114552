internal import EventLoops
internal import TLS

extension Connection {
    /// Starts the TLS handshake; its deadline is `HandshakeTimeout`.
    func beginHandshake() {
        guard let context = listener.router.defaultContext else {
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
            socket: socket.number, port: worker.port, chooser: listener.router)
        switch step {
        case .wantsRead:
            mayRead = false
        case .wantsWrite:
            watchOutput()
        case .done(let identity):
            guard let host = listener.router.host(identity.index) else {
                close(.hostDown)
                return
            }
            loop.setDeadline(source, .none)
            noteArrivals(behind: tls)
            start(for: host)
        case .refused(let serverName):
            goodbye(.unrecognizedName, serverName: serverName)
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
