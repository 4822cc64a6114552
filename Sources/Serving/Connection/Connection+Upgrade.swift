internal import EventLoops
internal import HandlerAPI
internal import TLS

/// The handshake in the middle of a connection (STARTTLS, AUTH TLS): here a task waits for it.
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
        isUpgrading = true
        guard isAllRead else { throw fail(.pipelinedBeforeTLS) }
        hasTimedOut = false
        loop.setDeadline(source, worker.handshakeDeadline)
        try await finishHandshake { try continueUpgrade(to: host, context) }
        isUpgrading = false
        loop.setDeadline(source, .none)
    }

    /// The client's host, which may check certificates by newer authorities and revocation lists than
    /// it did when the client came.
    private var hostOfNow: Host? {
        let newer = worker.router(of: listener)?.plainHost
        return newer?.account === host?.account ? newer : host
    }

    /// Goes on with a handshake as often as there is something new, until `step` says that it is done.
    func finishHandshake(_ step: () throws -> Bool) async throws {
        // Half a handshake is neither plain nor TLS: nothing more can go over a connection that
        // breaks off here.
        while try !step() {
            if let wake = earlyWake { try breakOff(wake) }
            guard !isWorthReading else { continue }
            try breakOff(await waitToRead())
        }
    }

    /// Ends a handshake that is not done in its time, or whose task is not to go on.
    private func breakOff(_ wake: Wake) throws {
        switch wake {
        case .ready: return
        case .timedOut: throw fail(.handshakeTimedOut)
        case .cancelled:
            noteIdleCut()
            _ = fail(.handshakeFailed(reason: "it was broken off"))
            throw ClientError.cancelled
        }
    }

    /// Notes that the engine has to send before it can go on.
    func waitForOutput() {
        (mayRead, readNeedsOutput) = (true, true)
        watchOutput()
    }

    /// Goes on with the handshake; returns whether it is done, throws when it has failed.
    private func continueUpgrade(to host: Host, _ context: TLSContext) throws -> Bool {
        let step =
            if let tls { advanceHandshake(tls, host) } else { receiveHello(context, host) }
        switch step {
        case .done:
            if let tls { noteArrivals(behind: tls) }
            return true
        case .wantsRead:
            mayRead = false
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
