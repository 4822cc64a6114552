internal import EventLoops
internal import HandlerAPI
internal import TLS

/// The handshake in the middle of a connection (STARTTLS, AUTH TLS): a task waits for it.
extension Connection {
    /// Does what ``Client/startTLS(unread:)`` promises.
    func upgrade(unread: Int) async throws {
        assert(loop.isCurrent)
        if mustYield { await yield() }
        if let failure { throw vainly(failure.error) }
        guard offersTLS, let host = hostOfNow, let context = host.identity?.context else {
            throw ClientError.tlsNotOffered
        }
        let isAllRead = unread == 0 && extras?.isEmpty != false
        if isAllRead { try await flush() }
        raise(.upgrading)
        guard isAllRead else { throw fail(.pipelinedBeforeTLS) }
        clear(.timedOut)
        loop.setDeadline(source, worker.handshakeDeadline)
        try await finishHandshake { try continueUpgrade(to: host, context) }
        clear(.upgrading)
        loop.setDeadline(source, .none)
        sendMail()
    }

    /// The client's host, which may check certificates by newer authorities and revocation lists than
    /// it did when the client came.
    private var hostOfNow: Host? {
        let newer = worker.routes.router(of: listener)?.plainHost
        return newer?.account === host?.account ? newer : host
    }

    /// Runs `step` whenever something has arrived, until it returns that the handshake is done.
    func finishHandshake(_ step: () throws -> Bool) async throws {
        // Half a handshake is neither plain nor TLS: a connection that stops here is of no more use.
        while try !step() {
            if let wake = earlyWake { try check(wake) }
            guard !isWorthReading else { continue }
            try check(await waitToRead())
        }
    }

    /// Fails the handshake if it took too long or its task was cancelled.
    private func check(_ wake: Wake) throws {
        switch wake {
        case .ready: return
        case .timedOut: throw fail(.handshakeTimedOut)
        case .cancelled:
            noteIdleCut()
            _ = fail(.handshakeFailed(reason: "it was cancelled"))
            throw ClientError.cancelled
        }
    }

    /// Notes that the engine has to send before it can go on.
    func waitForOutput() {
        raise(.readable)
        raise(.sendsFirst)
        watchOutput()
    }

    /// Continues the handshake; returns whether it is done, throws when it has failed.
    private func continueUpgrade(to host: Host, _ context: TLSContext) throws -> Bool {
        let step =
            if let tls { advanceHandshake(tls, host) } else { receiveHello(context, host) }
        switch step {
        case .done:
            if let tls { noteArrivals(behind: tls) }
            return true
        case .wantsRead:
            clear(.readable)
            return false
        case .wantsWrite:
            waitForOutput()
            return false
        case .refused:
            throw fail(.handshakeFailed(reason: "no host has its server name"))
        case .failed(let error):
            throw fail(.handshakeFailed(reason: error.message))
        case .closed:
            throw fail(.handshakeFailed(reason: "the peer disconnected during the handshake"))
        }
    }
}
