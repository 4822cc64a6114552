internal import Configuration
internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
internal import Platform
internal import TLS

extension Connection {
    /// The handler has returned.
    @inline(never)
    func handlerReturned(_ afterwards: Afterwards) {
        task = nil
        if case .relay(let peer, let idleTimeout) = afterwards, !isCut, failure == nil {
            sendMail()
            endMail(drops: true)
            return startRelay(to: peer.reference.core, idleTimeout: idleTimeout)
        }
        // After a failed handshake the peer may still have to read an alert.
        if case .abort = afterwards, !has(.upgrading) { raise(.aborted) }
        hangUpPeers(isWhole: !isCut && failure == nil && !has(.aborted))
        if isCut {
            close(cutReason)
        } else if failure != nil {
            handlerThrew(failure?.error ?? .cancelled)
        } else if case .abort = afterwards {
            reason = .aborted
            flushAndEnd()
        } else if case .rest = afterwards, !has(.inputEnded) {
            // What came after the handler's last read is not reported again.
            restOrServe(isDue: isWorthReading || holdsFreshInput)
        } else if case .delegate(let handler) = afterwards {
            delegate(to: handler)
        } else {
            reason = has(.inputEnded) ? .peerClosed : .served
            // An alert of the peer would still answer ours.
            if case .closeAtOnce = afterwards, tls == nil { raise(.peerIsDone) }
            flushAndEnd()
        }
    }

    /// Rests until something happens to the client, or goes on at once.
    func restOrServe(isDue: Bool) {
        enter(.resting)
        guard isDue else { return }
        // A handler that rests without having read it would run for ever.
        if turn == 0 || has(.waitedInVain) { noteVainWait() }
        if !isCut { serveAgain() }
    }

    /// The handler has thrown.
    @inline(never)
    func handlerThrew(_ error: any Error) {
        task = nil
        hangUpPeers(isWhole: false)
        let end = end(for: error)
        reason = end.reason
        if reason == .handlerError {
            report(.handlerFailed, .error, end.detail)
            worker.events.observe { $0.handlerFailed(currentInfo(entering: .closing), error) }
            host?.account.conditions.raise(
                "handler", "handler \(host?.handlerName ?? "?") failed: \(end.detail)",
                for: HostConditions.lastingTime)
        }
        if reason == .protocolError || reason == .targetFailed { reportEnd(end.detail) }
        if has(.upgrading), !isCut {
            // The peer may still have to read an alert.
            closeGracefully(reason, detail: end.detail)
        } else if isCut || failure != nil {
            close(reason, detail: end.detail)
        } else {
            flushAndAbort()
        }
    }

    /// How a client ends whose handler has thrown an error.
    private func end(for error: any Error) -> (reason: CloseReason, detail: String) {
        switch error as? ClientError {
        case .disconnected(let text):
            (.disconnected, text)
        case .timedOut:
            (.timeout, "")
        case .handshakeTimedOut:
            (.handshakeTimeout, "")
        case .cancelled where isCut:
            (cutReason, "")
        case .handshakeFailed(let text):
            (.handshakeFailed, text)
        case .pipelinedBeforeTLS:
            (.handshakeFailed, "more came in the clear than the request for TLS")
        case .tlsNotOffered:
            (.handlerError, "started TLS where AuthSslCmd does not offer it")
        case .unexpectedEnd:
            (.protocolError, "it ended in the middle")
        case .tooLong(let limit):
            (.protocolError, "more than \(limit.counted("byte")) at once")
        case .unsentLimitExceeded:
            (.handlerError, "sent over \(PeerCore.unsentLimit) bytes unflushed")
        case .putBackLimitExceeded:
            (.handlerError, "put back over \(PeerCore.putBackLimit) bytes")
        case .fileUnreadable(let text):
            (.handlerError, "the file to be sent: \(text)")
        case .overloaded:
            (.handlerError, "too many jobs wait for a thread off the loop")
        case nil where error is DialError:
            (.targetFailed, "\(error)")
        case nil where isCut && error is CancellationError:
            // A wait for something else than the client, cancelled by the end of the drain period.
            (cutReason, "")
        case .cancelled, nil:
            (.handlerError, String(describing: error))
        }
    }

    /// Ends what the handler has dialed and not closed.
    private func hangUpPeers(isWhole: Bool) {
        for peer in extras?.peers ?? [] { peer.hangUp(isWhole: isWhole) }
    }

    /// Sends what is unsent, then resets the connection: the peer must not take what it got for all
    /// there was.
    func flushAndAbort() {
        raise(.aborted)
        flushAndEnd()
    }

    /// Sends what is unsent, then ends the output.
    func flushAndEnd() {
        endMail(drops: has(.aborted))
        enter(.flushing)
        loop.setDeadline(source, after: worker.limits(of: host).drainTimeout)
        sendMail()
        continueFlushing()
    }

    func continueFlushing() {
        transmit()
        if let failure { return close(reason, detail: "\(failure.error)") }
        if backlog == nil { endOutput() }
    }

    /// Ends our side and waits for the peer's.
    private func endOutput() {
        endMail(drops: true)
        guard !has(.aborted) else { return beginAborting() }
        sendLastCloseNotify()
        if has(.inputEnded) || has(.peerIsDone) && !has(.readable) { return close(reason) }
        socket.endOutput()
        beginLingering()
    }

    /// Ends what goes over TLS (close_notify; RFC 8446, 6.1); a handshake that failed has sent an alert.
    func sendLastCloseNotify() {
        guard phase != .handshaking, !has(.outputEnded), let tls else { return }
        tls.session.shutdown(socket: socket.number, port: worker.port)
    }

    /// Whether a close now would have the peer take what it got for all it was to get.
    private var isIncomplete: Bool {
        guard !has(.outputEnded) else { return false }
        switch phase {
        case .accepted, .identifying, .connecting, .handshaking, .lingering, .closed: return false
        case .aborting: return true
        case .serving, .resting, .relaying, .flushing:
            if backlog != nil || has(.aborted) { return true }
            // Over TLS the missing close_notify shows it, and an alert may be on its way.
            if failure != nil { return tls == nil && !has(.upgrading) }
            return cutState == .underWay && (phase == .serving || phase == .relaying)
        }
    }

    /// Ends a client after its peer could read the last bytes, such as the alert of a failed handshake.
    ///
    /// - Parameters:
    ///   - reason: why.
    ///   - detail: what the record adds to the reason.
    ///   - serverName: the name it requested, where libssl does not know it.
    ///   - refusal: why the address may not connect, if that is the reason.
    func closeGracefully(
        _ reason: CloseReason, detail: String = "", serverName: String? = nil,
        by refusal: AccessRefusal? = nil
    ) {
        self.reason = reason
        reportEnd(detail, serverName: serverName, by: refusal)
        endOutput()
    }

    /// Refuses a client: by its address, at `MaxClients`, or because the host of its plain endpoint is down.
    func refuse(_ reason: CloseReason, by refusal: AccessRefusal? = nil) {
        self.reason = reason
        raise(.refused)
        reportEnd("", by: refusal)
        let mayLinger = worker.countRefusal(holding: socket.number)
        guard refusal == nil else {
            // Without a byte, and without TIME_WAIT: a flood leaves nothing behind.
            socket.resetWhenClosed()
            return close(reason)
        }
        guard reason != .notAdmitted, canReadRefusal, mayLinger else { return close(reason) }
        if reason == .tooManyClients || reason == .hostTooBusy {
            let answer = router?.plainHost?.busyAnswer ?? worker.options.bannerTooBusy
            send(answer.span)
        }
        backlog = nil
        endOutput()
    }

    /// Closes the descriptor and forgets the connection.
    func close(_ reason: CloseReason, detail: String = "") {
        guard phase != .closed else { return }
        if isIncomplete {
            socket.resetWhenClosed()
        } else if isCut, isClient {
            endOutputBeforeClose()
        }
        enter(.closed)
        self.reason = reason
        leave(detail)
    }
}
