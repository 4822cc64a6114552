internal import EventLoops
internal import Platform

/// What happens after the output has ended: lingering, or the wait before a reset.
extension Connection {
    func beginLingering() {
        enter(.lingering)
        needExtras().lingering = Lingering()
        awaitInput()
        dropInput()
    }

    /// Waits a period for what the peer still sends.
    private func awaitInput() {
        loop.setDeadline(
            source,
            after: isDraining ? ServerOptions.lingerTimeDraining : ServerOptions.lingerTime)
    }

    /// Makes the current period as short as that of a drain.
    func shortenLingering() {
        extras?.lingering.restartPeriod()
        awaitInput()
    }

    func lingeringPeriodPassed() {
        guard needExtras().lingering.nextPeriod() else { return close(reason) }
        awaitInput()
    }

    /// Waits until the peer's kernel has all that it was sent: a reset destroys what is on its way.
    func beginAborting() {
        enter(.aborting)
        checkDelivery()
    }

    /// Resets the connection once everything is delivered, or after ``ServerOptions/deliveryPeriods``.
    func checkDelivery() {
        let extras = needExtras()
        guard socket.undeliveredCount > 0, extras.deliveryChecks < ServerOptions.deliveryPeriods
        else { return close(reason) }
        extras.deliveryChecks += 1
        loop.setDeadline(source, after: ServerOptions.deliveryTime)
    }

    /// Reads and drops what has arrived.
    func dropInput() {
        guard has(.readable) else { return }
        for _ in 0..<ServerOptions.lingerReads {
            switch receiveAndDrop() {
            case .moved(let count):
                let limit = worker.options.lingerBytes
                guard needExtras().lingering.dropped(count, limit: limit) else {
                    return close(reason)
                }
            case .wouldBlock:
                return clear(.readable)
            case .ended where phase == .aborting:
                // What it was sent may still be on its way.
                return clear(.readable)
            case .ended, .failed:
                return close(reason)
            }
        }
        // The others of the loop have their turn first.
        loop.performLater { [self] in
            if phase == .lingering || phase == .aborting { dropInput() }
        }
    }

    /// Ends the output of a client that is disconnected while it was idle, so that it reads end of file.
    ///
    /// What it has sent is dropped: unread, it would make the close a reset. Nothing here waits.
    func endOutputBeforeClose() {
        guard failure == nil, phase != .lingering, phase != .aborting else { return }
        sendLastCloseNotify()
        for _ in 0..<ServerOptions.lingerReads {
            guard case .moved = receiveAndDrop() else { break }
        }
        socket.endOutput()
    }

    private func receiveAndDrop() -> StreamSocket.Transfer {
        var transfer = StreamSocket.Transfer.wouldBlock
        loop.lendScratch(filledBy: { transfer = socket.receive(into: &$0) }, to: { _ in })
        return transfer
    }
}
