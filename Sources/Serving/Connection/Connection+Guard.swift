internal import HandlerAPI

/// A guard against handlers that go round: no wait of a client that has timed out, broken or ended
/// has anything to wait for, and a handler that takes no notice and tries again would have its loop for
/// itself.
///
/// The first wait after such a one lets the others have their turn, and so do all that follow. Who has
/// not once waited, read or sent anything ``vainLimit`` times in a row is cut, and told by name; who
/// takes no notice of that either is put to sleep.
extension Connection {
    /// Waits in a row that end without having begun before the client is cut, and, as many again, until
    /// its handler is put to sleep.
    static let vainLimit: UInt16 = 1_000
    /// What ``streak`` is after such a wait: more than any count, so that the next one yields.
    static let vainStreak: UInt8 = 200

    /// Notes a wait that ended without having begun.
    func noteVainWait() {
        noteHandler()
        // The first one, which most clients have at their end, costs no memory.
        guard streak == Connection.vainStreak else { return streak = Connection.vainStreak }
        let extras = needExtras()
        extras.vainWaits = min(extras.vainWaits + 1, 2 * Connection.vainLimit)
        if extras.vainWaits == Connection.vainLimit { endVainWaits() }
    }

    /// The error of a wait that ended without having begun.
    func vainly<Failure: Error>(_ error: Failure) -> Failure {
        noteVainWait()
        return error
    }

    /// Whether the handler has gone on although its client was taken away.
    var isPastReason: Bool { (extras?.vainWaits ?? 0) >= 2 * Connection.vainLimit }

    private func endVainWaits() {
        let client = extras?.dialed?.owner ?? self
        let state: String =
            if client.isCut {
                "was cancelled"
            } else if hasEnded {
                "has ended its side"
            } else if failure != nil {
                "is broken"
            } else if hasTimedOut {
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
