internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
internal import Platform
internal import TLS

extension Connection {
    /// The handler has returned.
    func finishServing(_ afterwards: Afterwards) {
        task = nil
        if case .relay(let peer, let idleTimeout) = afterwards, !isCut, failure == nil {
            return relayAlone(to: peer, idleTimeout: idleTimeout)
        }
        if case .abort = afterwards { isBrokenOff = true }
        hangUpPeers(isWhole: !isCut && failure == nil && !isBrokenOff)
        if isCut {
            close(cutReason)
        } else if failure != nil {
            finishServing(throwing: failure?.error ?? .cancelled)
        } else if case .abort = afterwards {
            reason = .aborted
            finishOutput()
        } else if case .rest = afterwards, !hasEnded {
            phase = .resting
            // What came between the handler's last look and now rings no bell again.
            let isUnread = isWorthReading || holdsFreshInput
            // A handler that rests without a look at it would be called for ever.
            if isUnread, streak == 0 || streak == Connection.vainStreak { noteVainWait() }
            if isUnread, !isCut { startServing() }
        } else {
            reason = hasEnded ? .peerClosed : .served
            // An alert of the peer would still answer ours.
            if case .closeAtOnce = afterwards, tls == nil { needsNoLingering = true }
            finishOutput()
        }
    }

    /// The handler has thrown.
    func finishServing(throwing error: any Error) {
        task = nil
        hangUpPeers(isWhole: false)
        let detail: String
        switch error as? ClientError {
        case .disconnected(let text):
            (reason, detail) = (.disconnected, text)
        case .timedOut:
            (reason, detail) = (.timeout, "")
        case .handshakeTimedOut:
            (reason, detail) = (.handshakeTimeout, "")
        case .cancelled where isCut:
            (reason, detail) = (cutReason, "")
        case .handshakeFailed(let text):
            (reason, detail) = (.handshakeFailed, text)
        case .pipelinedBeforeTLS:
            (reason, detail) = (.handshakeFailed, "more came in the clear than the request for TLS")
        case .tlsNotOffered:
            (reason, detail) = (.handlerError, "started TLS where AuthSslCmd does not offer it")
        case .unexpectedEnd:
            (reason, detail) = (.protocolError, "it ended in the middle")
        case .tooLong(let limit):
            (reason, detail) = (.protocolError, "more than \(limit.counted("byte")) at once")
        case .unsentLimitExceeded:
            (reason, detail) = (.handlerError, "sent over \(Peer.unsentLimit) bytes unflushed")
        case .putBackLimitExceeded:
            (reason, detail) = (.handlerError, "put back over \(Peer.putBackLimit) bytes")
        case .fileUnreadable(let text):
            (reason, detail) = (.handlerError, "the file to be sent: \(text)")
        case .overloaded:
            (reason, detail) = (.handlerError, "too many jobs wait for a thread off the loop")
        case nil where error is DialError:
            (reason, detail) = (.targetFailed, "\(error)")
        case nil where isCut && error is CancellationError:
            // Another wait than one on the client, which the end of the drain period cancelled.
            (reason, detail) = (cutReason, "")
        case .cancelled, nil:
            (reason, detail) = (.handlerError, String(describing: error))
        }
        if reason == .handlerError {
            report(.handlerFailed, .error, detail)
            host?.account.conditions.raise(
                "handler", "handler \(host?.handlerName ?? "?") failed: \(detail)",
                for: HostConditions.lastingTime)
        }
        if reason == .protocolError || reason == .targetFailed { reportEnd(detail) }
        if isUpgrading, !isCut {
            // The peer may still have to read an alert.
            goodbye(reason, detail: detail)
        } else if isCut || failure != nil {
            close(reason, detail: detail)
        } else {
            breakOff()
        }
    }

    /// Ends what the handler has dialed and not ended.
    private func hangUpPeers(isWhole: Bool) {
        for peer in extras?.peers ?? [] { peer.hangUp(isWhole: isWhole) }
    }

    /// Whether it ends in the middle of what the peer was to get.
    var isBrokenOff: Bool {
        get { extras?.isBrokenOff == true }
        set { needExtras().isBrokenOff = newValue }
    }

    /// Sends what is unsent, then ends so that nobody takes what came for all there was.
    func breakOff() {
        isBrokenOff = true
        finishOutput()
    }

    /// Sends what is unsent, then says goodbye.
    func finishOutput() {
        phase = .flushing
        loop.setDeadline(source, after: host?.drainTimeout ?? worker.options.drainTimeout)
        continueFlushing()
    }

    func continueFlushing() {
        transmit()
        if let failure { return close(reason, detail: "\(failure.error)") }
        if backlog == nil { endOutput() }
    }

    /// Ends our side; the peer's side is drained for a moment, because a close while bytes of the
    /// peer are unread resets the connection and can destroy what it has not read yet (RFC 1122,
    /// 4.2.2.13).
    private func endOutput() {
        guard !isBrokenOff else { return awaitDelivery() }
        sayLastWords()
        if hasEnded || needsNoLingering && !mayRead { return close(reason) }
        socket.endOutput()
        phase = .lingering
        streak = 0
        awaitBytes()
        continueLingering()
    }

    /// Ends what goes over TLS, if anything does (close_notify; RFC 8446, 6.1).
    private func sayLastWords() {
        guard phase != .handshaking, !hasEndedOutput, let tls else { return }
        tls.session.shutdown(socket: socket.number, port: worker.port)
    }

    /// Lets a client that is cut off read an end: a close would reset it for the bytes that nobody has
    /// read.
    ///
    /// Nobody waits for it.
    private func endAtOnce() {
        guard failure == nil, phase != .lingering else { return }
        sayLastWords()
        for _ in 0..<ServerOptions.lingerReads {
            guard case .moved = discardInput() else { break }
        }
        socket.endOutput()
    }

    /// Closes a connection that is broken off, when the peer's kernel has all that it was sent: a reset
    /// destroys what is on its way.
    private func awaitDelivery() {
        if phase != .lingering { (phase, streak) = (.lingering, 0) }
        guard socket.undeliveredCount > 0, streak < ServerOptions.deliveryPeriods else {
            return close(reason)
        }
        loop.setDeadline(source, after: ServerOptions.deliveryTime)
    }

    /// Whether a close now would have the peer take what it got for all it was to get.
    private var isIncomplete: Bool {
        guard !hasEndedOutput else { return false }
        switch phase {
        case .connecting, .handshaking: return false
        case .lingering: return isBrokenOff
        case _ where backlog != nil || isBrokenOff: return true
        // Of TLS the missing close_notify tells, and an alert may be on its way.
        case _ where failure != nil: return tls == nil && !isUpgrading
        case .serving, .relaying: return cutState == .underWay
        default: return false
        }
    }

    /// Throws away what has come from the peer.
    private func discardInput() -> StreamSocket.Transfer {
        var transfer = StreamSocket.Transfer.wouldBlock
        loop.lendScratch(filledBy: { transfer = socket.receive(into: &$0) }, to: { _ in })
        return transfer
    }

    func continueLingering() {
        guard mayRead else { return }
        hasTimedOut = false
        for _ in 0..<ServerOptions.lingerReads {
            switch discardInput() {
            case .moved(let count):
                let extras = needExtras()
                extras.lingered += count
                guard extras.lingered <= worker.options.lingerBytes else { return close(reason) }
            case .wouldBlock:
                mayRead = false
                return
            case .ended where isBrokenOff:
                mayRead = false
                return
            case .ended, .failed:
                return close(reason)
            }
        }
        // The others of the loop have their turn first.
        loop.performLater { [self] in
            if phase == .lingering { continueLingering() }
        }
    }

    /// A period of lingering is over: another one follows if something came in it.
    func lingerOn() {
        streak += 1
        guard !isBrokenOff else { return awaitDelivery() }
        guard !hasTimedOut, streak < ServerOptions.lingerPeriods else { return close(reason) }
        awaitBytes()
    }

    /// Begins a period of lingering.
    func awaitBytes() {
        hasTimedOut = true
        loop.setDeadline(
            source,
            after: isDraining ? ServerOptions.lingerTimeDraining : ServerOptions.lingerTime)
    }

    /// Ends a client whose handshake failed, so that it can read the alert.
    ///
    /// - Parameters:
    ///   - reason: why.
    ///   - detail: what else there is to say.
    ///   - serverName: the name it asked for, where libssl does not know it.
    func goodbye(_ reason: CloseReason, detail: String = "", serverName: String? = nil) {
        self.reason = reason
        reportEnd(detail, serverName: serverName)
        endOutput()
    }

    /// Turns a client away: at `MaxClients`, and when the host of a plain endpoint is down.
    func refuse(_ reason: CloseReason) {
        self.reason = reason
        isRefused = true
        reportEnd("")
        let mayLinger = worker.countRefusal(holding: socket.number)
        guard !listener.isTLS, mayLinger else { return close(reason) }
        if reason == .tooManyClients || reason == .hostTooBusy {
            let answer = router?.plainHost?.busyAnswer ?? worker.options.bannerTooBusy
            send(answer.span)
        }
        backlog = nil
        endOutput()
    }

    /// Closes the descriptor and forgets the client.
    func close(_ reason: CloseReason, detail: String = "") {
        guard phase != .closed else { return }
        if isIncomplete {
            socket.resetWhenClosed()
        } else if isCut, extras?.dialed == nil {
            endAtOnce()
        }
        phase = .closed
        self.reason = reason
        if let dialed = extras?.dialed {
            dialed.end(of: self)
            if source != .nowhere { loop.remove(source) }
            return
        }
        reportEnd(detail)
        host?.account.clientWent()
        // The loop's reference is the last one, and the descriptor is closed with it, which ends its
        // watch too; should somebody keep the client, its events find nobody.
        loop.remove(source)
        worker.clientEnded(self)
    }
}
