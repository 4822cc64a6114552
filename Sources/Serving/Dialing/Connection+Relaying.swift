internal import HandlerAPI
internal import Platform

/// What a connection does for its ``Relay``.
extension Connection {
    /// Implements ``Client/relay(to:idleTimeout:)``.
    func waitForRelay(to peer: PeerCore, idleTimeout: Duration?) async throws -> Traffic {
        if mustYield { await yield() }
        let relay = relay(to: peer, idleTimeout: idleTimeout, isAwaited: true)
        let before = relay.target.traffic
        relay.start()
        if relay.isOver { noteVainWait() }
        while !relay.isOver {
            let wake = if let early = earlyWake { early } else { await waitToRead() }
            switch wake {
            case .ready: break
            case .timedOut: relay.deadlinePassed()
            case .cancelled: relay.cancel()
            }
        }
        if let failure = relay.failure { throw failure }
        let after = relay.target.traffic
        return Traffic(
            sent: after.sent - before.sent, received: after.received - before.received)
    }

    /// Relays the client without a task, after its handler has returned.
    func startRelay(to peer: PeerCore, idleTimeout: Duration?) {
        relay(to: peer, idleTimeout: idleTimeout, isAwaited: false).start()
    }

    private func relay(to peer: PeerCore, idleTimeout: Duration?, isAwaited: Bool) -> Relay {
        guard let target = peer as? Connection, target !== self, target.worker === worker else {
            preconditionFailure("a client is relayed to a peer that it has dialed")
        }
        return Relay(self, target, idleTimeout: idleTimeout, isAwaited: isAwaited)
    }

    /// Joins a relay, which gets the connection's events from now on.
    func join(_ relay: Relay) {
        precondition(phase == .serving, "a connection is relayed once at a time")
        enter(.relaying)
        let extras = needExtras()
        extras.relay = relay
    }

    /// Lets the relay move what one of its two sides has.
    func continueRelay() { extras?.relay?.advance() }

    /// Ends the relay of a broken connection: no read finds that once the peer has ended its side.
    func breakRelay() {
        guard failure == nil, let error = socket.connectionError else { return }
        _ = fail(.disconnected(reason: error.reason))
        continueRelay()
    }

    /// Leaves a relay that is over.
    func leaveRelay() {
        extras?.relay = nil
        if phase == .relaying { enter(.serving) }
    }

    /// Ends this client after its relay, or resumes the task that waits for that.
    func relayEnded(_ relay: Relay) {
        let isWhole = relay.failure == nil
        if relay.isAwaited {
            if !isWhole { relay.target.raise(.aborted) }
            sendMail()
            return wakeReader(.ready)
        }
        relay.target.hangUp(isWhole: isWhole)
        if let failure = relay.failure {
            handlerThrew(failure)
        } else {
            handlerReturned(.close)
        }
    }

    // Large transfers between plain connections (splice(2)).

    /// Moves input into an empty pipe.
    ///
    /// - Returns: what was found; nothing as well if the connection broke, which ``failure`` has.
    func receive(into pipe: SplicePipe) -> Arrival {
        switch pipe.fill(from: socket) {
        case .moved(let count):
            bytesIn &+= UInt64(count)
            return .bytes
        case .wouldBlock:
            clear(.readable)
            return .nothing
        case .ended:
            raise(.inputEnded)
            return .end
        case .failed(let error):
            _ = fail(.disconnected(reason: error.reason))
            return .nothing
        }
    }

    /// Moves a pipe's bytes into the send queue.
    ///
    /// - Returns: how many; 0 if the queue is full, which is watched then, or the connection broke.
    func send(from pipe: SplicePipe) -> Int {
        switch pipe.empty(into: socket) {
        case .moved(let count):
            bytesOut &+= UInt64(count)
            return count
        case .wouldBlock, .ended:
            watchOutput()
        case .failed(let error):
            _ = fail(.disconnected(reason: error.reason))
        }
        return 0
    }
}
