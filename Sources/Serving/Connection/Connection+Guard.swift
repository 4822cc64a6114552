internal import HandlerAPI

/// A guard against busy loops of handlers: a wait for a client that has timed out, is broken or has ended
/// has nothing to wait for, and a handler that ignores that and tries again would occupy its loop.
///
/// After such a wait the next one yields first. A handler that does it ``vainLimit`` times in a row,
/// without a real wait, read or send between, has its client cut, with a record of the handler's name;
/// one that ignores that too is put to sleep.
extension Connection {
    /// Waits in a row that end without having begun before the client is cut, and, as many again, until
    /// its handler is put to sleep.
    static let vainLimit: UInt16 = 1_000

    /// Notes a wait that ended without having begun.
    func noteVainWait() {
        noteHandler()
        endTurn()
        // The first one, which most clients have at their end, costs no memory.
        guard has(.waitedInVain) else { return raise(.waitedInVain) }
        let extras = needExtras()
        extras.vainWaits = min(extras.vainWaits + 1, 2 * Connection.vainLimit)
        if extras.vainWaits == Connection.vainLimit { cutVainWaiter() }
    }

    /// The error of a wait that ended without having begun.
    func vainly<Failure: Error>(_ error: Failure) -> Failure {
        noteVainWait()
        return error
    }

    /// Whether the handler still waits in vain after its client was cut.
    var isPastReason: Bool { (extras?.vainWaits ?? 0) >= 2 * Connection.vainLimit }

    private func cutVainWaiter() {
        let client = user
        let state: String =
            if client.isCut {
                "was cancelled"
            } else if has(.inputEnded) {
                "has ended its side"
            } else if failure != nil {
                "is broken"
            } else if has(.timedOut) {
                "has timed out"
            } else {
                "cannot be reached or relayed"
            }
        client.report(
            .handlerFailed, .error,
            "it has waited \(Connection.vainLimit) times in a row for a connection that \(state) "
                + "instead of returning or throwing; the client is disconnected")
        client.cut(.handlerError)
    }
}
