internal import HandlerAPI

extension Connection {
    /// Does what ``Client/relay(to:idleTimeout:)`` says.
    func relayAwaited(to peer: Peer, idleTimeout: Duration?) async throws -> Traffic {
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

    /// Lets the client be relayed without a task, after its handler has returned.
    func relayAlone(to peer: Peer, idleTimeout: Duration?) {
        relay(to: peer, idleTimeout: idleTimeout, isAwaited: false).start()
    }

    private func relay(to peer: Peer, idleTimeout: Duration?, isAwaited: Bool) -> Relay {
        guard let target = peer as? Connection, target !== self, target.worker === worker else {
            preconditionFailure("a client is relayed to a peer that it has dialed")
        }
        return Relay(self, target, idleTimeout: idleTimeout, isAwaited: isAwaited)
    }

    /// The relay decides what happens with the connection from now on.
    func join(_ relay: Relay) {
        precondition(phase == .serving, "a connection is relayed once at a time")
        phase = .relaying
        let extras = needExtras()
        extras.relay = relay
    }

    /// Tells the relay that one of its two has something new.
    func continueRelay() { extras?.relay?.advance() }

    /// The relay is over.
    func leaveRelay() {
        extras?.relay = nil
        if phase == .relaying { phase = .serving }
    }

    /// The relay of this client is over, and wakes who waits for that.
    func relayEnded(_ relay: Relay) {
        let isWhole = relay.failure == nil
        if relay.isAwaited {
            if !isWhole { relay.target.isBrokenOff = true }
            return wakeReader(.ready)
        }
        relay.target.hangUp(isWhole: isWhole)
        if let failure = relay.failure {
            finishServing(throwing: failure)
        } else {
            finishServing(.close)
        }
    }
}
