internal import EventLoops
internal import HandlerAPI

extension Connection {
    /// Implements ``putBack(_:)``.
    func hold(_ rest: Span<UInt8>) {
        guard rest.count > 0 else { return }
        let extras = needExtras()
        if extras.lentCount > 0 {
            extras.heldStart = extras.held.count - rest.count
            extras.isIncomplete = rest.count == extras.lentCount
        } else {
            precondition(loop.lentCount > 0, "only the closure of a read can put back")
            extras.hold(rest, of: loop.lentCount)
        }
    }

    /// Whether the next read finds something without a receive.
    var holdsFreshInput: Bool {
        guard let extras else { return false }
        return !extras.isEmpty && !extras.isIncomplete
    }

    /// Lends what was put back, with what has come since when all of it had been.
    ///
    /// - Returns: nil when nothing was put back.
    func readHeld(_ body: (Span<UInt8>) throws -> Void) throws -> Arrival? {
        guard let extras, !extras.isEmpty else { return nil }
        if extras.isIncomplete {
            guard !has(.inputEnded) else {
                extras.dropHeld()
                return nil
            }
            if try readNew({ extras.append($0) }) == .nothing { return .nothing }
            guard extras.held.count <= PeerCore.putBackLimit else {
                throw fail(.putBackLimitExceeded)
            }
        }
        let bytes = extras.held
        let start = extras.heldStart
        extras.heldStart = bytes.count
        extras.isIncomplete = false
        extras.lentCount = bytes.count - start
        defer {
            extras.lentCount = 0
            // An idle client owns no buffer.
            if extras.isEmpty { extras.dropHeld() }
        }
        try body(bytes.span.extracting(droppingFirst: start))
        return .bytes
    }
}
