internal import EventLoops
internal import HandlerAPI
internal import Platform

/// What can happen to a connection: readiness, a deadline, a drain, a cut. One function an event, one
/// case a phase.
///
/// Switches, and no table of closures: the calls are direct, and a phase that is missing does not
/// compile ([decision 0155](../../../docs/decisions/0155-phases-of-a-connection.md)).
extension Connection {
    func descriptorReady(_ readiness: Readiness) {
        if readiness.hasHangUp { raise(.hungUp) }
        if readiness.hasInput { raise(.readable) }
        if readiness.hasOutput { clear(.sendsFirst) }
        switch phase {
        case .connecting:
            // Writable or broken: either way the connect is over.
            if readiness.hasOutput { wakeReader(.ready) }
        case .identifying:
            continueIdentifying()
        case .handshaking:
            continueHandshake()
        case .serving:
            transmit()
            if isWorthReading { wakeReader(.ready) }
        case .resting:
            transmit()
            if isWorthReading, let host { serveAtOnce(host) }
        case .relaying:
            transmit()
            continueRelay()
            if readiness.hasError { breakRelay() }
        case .flushing:
            continueFlushing()
        case .lingering, .aborting:
            dropInput()
        case .accepted, .closed:
            break
        }
    }

    func deadlinePassed() {
        switch phase {
        case .identifying:
            close(.proxyHeader, detail: "the header was not complete within HandshakeTimeout")
        case .handshaking:
            close(.handshakeTimeout)
        case .connecting, .serving:
            raise(.timedOut)
            noteHandler()
            wakeReader(.timedOut)
            wakeWriter(.timedOut)
        case .resting:
            raise(.timedOut)
            serveAgain()
        case .relaying:
            extras?.relay?.deadlinePassed()
        case .flushing:
            close(reason)
        case .lingering:
            lingeringPeriodPassed()
        case .aborting:
            checkDelivery()
        case .accepted, .closed:
            break
        }
    }

    /// The server, or the client's host, begins to drain: a handler whose client rests may end it.
    func drain() {
        switch phase {
        case .resting:
            // What has arrived since the last epoll_wait(2) counts: only a read can find it.
            raise(.readable)
            serveAgain()
        case .lingering:
            shortenLingering()
        case .accepted, .identifying, .connecting, .handshaking, .serving, .relaying, .flushing,
            .aborting, .closed:
            break
        }
    }

    /// The drain period is over, or an operator disconnects the client.
    ///
    /// - Parameters:
    ///   - reason: why.
    ///   - detail: what the record of its end adds to the reason.
    func cut(_ reason: CloseReason = .drained, _ detail: String = "") {
        guard !isCut else { return }
        cutState = .underWay
        // A drain has many to cut, and needs no memory for it.
        if reason != .drained {
            let extras = needExtras()
            extras.cutReason = reason
            extras.cutDetail = detail
        }
        switch phase {
        case .connecting, .serving:
            noteHandler()
            task?.cancel()
            wakeReader(.cancelled)
            wakeWriter(.cancelled)
        case .relaying:
            task?.cancel()
            extras?.relay?.cut()
        case .accepted, .identifying, .handshaking, .resting, .flushing, .lingering, .aborting:
            close(reason)
        case .closed:
            break
        }
    }
}
