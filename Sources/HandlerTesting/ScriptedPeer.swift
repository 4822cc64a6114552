internal import HandlerAPI

/// The state of a scripted connection: its script, what has come and what was sent.
///
/// Theory of operation: nothing here waits. A wait of the handler does the next steps of the script
/// until one of them ends the wait; at the end of the script the peer ends its side. So a test
/// takes no time and always goes the same way.
final class ScriptedPeer {
    private var script: ArraySlice<ScriptStep>
    private var input: [UInt8] = []
    /// All of `input` was put back: there has to be more before it is lent again.
    private var isIncomplete = false
    private var lentCount = 0
    private var putBackCount = 0
    private var hasEnded = false
    private var isTaking = true
    private var unsent: [UInt8] = []
    /// How much of ``output`` the script has seen.
    private var seen = 0
    private var deadline: Duration?
    /// Consecutive waits that failed at once: a handler that continues after them would spin for ever.
    private var vainWaits = 0
    private static let vainLimit = 1_000
    /// Sends since the last wait.
    ///
    /// After ``sendLimit`` of them the script continues, as a server serves others.
    private var sends = 0
    private static let sendLimit = 32
    var hasTimedOut = false

    /// All that the peer was sent and has taken.
    private(set) var output: [UInt8] = []
    /// Whether the handler has ended our side.
    private(set) var hasEndedOutput = false
    private(set) var failure: (any Error)?
    private(set) var isDraining = false
    /// The time of the virtual clock.
    private(set) var now = Duration.zero
    private(set) var received = 0

    init(_ script: [ScriptStep]) {
        self.script = script[...]
    }

    func setDeadline(after duration: Duration?) {
        hasTimedOut = false
        deadline = duration.map { now + $0 }
    }

    /// Lends what has come.
    func readArrived(_ body: (Span<UInt8>) throws -> Void) throws -> Arrival {
        if !input.isEmpty, !isIncomplete || hasEnded { return try lend(body) }
        if hasEnded {
            try noteVainWait()
            return .end
        }
        if let failure {
            try noteVainWait()
            throw failure
        }
        return .nothing
    }

    /// Counts a wait that had nothing to wait for; a handler that takes no notice of errors either has
    /// its test end here and not never.
    private func noteVainWait() throws {
        vainWaits += 1
        precondition(
            vainWaits < 2 * ScriptedPeer.vainLimit,
            "the handler waits for ever for a connection that has ended or timed out")
        guard vainWaits >= ScriptedPeer.vainLimit else { return }
        let found = ScriptFailure(
            "the handler waits again and again for a connection that has ended or timed out")
        failure = found
        throw found
    }

    /// Does the handshake of the handler's `startTLS`.
    func shakeHands() throws {
        if let failure { throw failure }
        guard case .stallHandshake? = script.first else { return }
        script.removeFirst()
        failure = ClientError.handshakeTimedOut
        throw ClientError.handshakeTimedOut
    }

    /// Does steps until there is something to read.
    func read(_ body: (Span<UInt8>) throws -> Void) throws -> Bool {
        while true {
            switch try readArrived(body) {
            case .bytes: return true
            case .end: return false
            case .nothing: try wait()
            }
        }
    }

    private func lend(_ body: (Span<UInt8>) throws -> Void) throws -> Arrival {
        let bytes = input
        // Put back at the end of the peer's side, it is lent no more.
        let isLast = hasEnded && isIncomplete
        (input, isIncomplete) = ([], false)
        lentCount = bytes.count
        putBackCount = 0
        defer {
            lentCount = 0
            if !isLast { input = Array(bytes.suffix(putBackCount)) }
            isIncomplete = putBackCount == bytes.count
        }
        try body(bytes.span)
        return .bytes
    }

    func lendAgain() { isIncomplete = false }

    /// Whether the peer has ended its side, at the end of the script.
    var hasInputEnded: Bool { hasEnded }

    func putBack(_ count: Int) {
        guard count > 0 else { return }
        precondition(lentCount > 0, "only the closure of a read can put back")
        putBackCount = count
        if count > PeerCore.putBackLimit { failure = ClientError.putBackLimitExceeded }
    }

    func send(_ bytes: [UInt8]) {
        guard failure == nil else { return }
        sends += 1
        guard !hasEndedOutput else {
            failure = ClientError.disconnected(reason: "our side has ended")
            return
        }
        guard !isTaking else { return output.append(contentsOf: bytes) }
        unsent += bytes
        if unsent.count > PeerCore.unsentLimit { failure = ClientError.unsentLimitExceeded }
    }

    /// Whether something has come, or was put back, that was not used.
    var hasUnread: Bool { !input.isEmpty }

    var mustFlush: Bool {
        !unsent.isEmpty || failure != nil || sends >= ScriptedPeer.sendLimit
    }

    /// Does steps until the peer has taken all.
    func flush() throws {
        if sends >= ScriptedPeer.sendLimit, unsent.isEmpty, failure == nil { step() }
        sends = 0
        while !unsent.isEmpty, failure == nil { try wait() }
        if let failure {
            try noteVainWait()
            throw failure
        }
    }

    func endOutput() { hasEndedOutput = true }

    /// Whether a client at rest would be served again after the next steps; does them.
    func wakesFromRest() -> Bool {
        while true {
            if hasEnded || failure != nil || isDraining || hasTimedOut { return true }
            if !input.isEmpty, !isIncomplete { return true }
            let before = received
            step()
            if received > before { return true }
        }
    }

    private func wait() throws {
        if hasTimedOut || failure != nil { try noteVainWait() }
        if let failure { throw failure }
        if hasTimedOut { throw ClientError.timedOut }
        vainWaits = 0
        step()
        if let failure { throw failure }
        if hasTimedOut, input.isEmpty || isIncomplete { throw ClientError.timedOut }
    }

    private func step() {
        switch script.popFirst() {
        case .send(let bytes):
            input += bytes
            received += bytes.count
            isIncomplete = false
        case .expect(let bytes):
            compare(bytes)
        case .pass(let duration):
            now += duration
            if let deadline, now >= deadline { hasTimedOut = true }
        case .stopTaking:
            isTaking = false
        case .takeAgain:
            isTaking = true
            output += unsent
            unsent = []
        case .end, nil:
            hasEnded = true
            isTaking = true
            output += unsent
            unsent = []
        case .disconnect(let reason):
            failure = ClientError.disconnected(reason: reason)
        case .stallHandshake:
            failure = ScriptFailure("the handler did not begin the handshake")
        case .drain:
            isDraining = true
        case .cut:
            failure = ClientError.cancelled
        }
    }

    private func compare(_ expected: [UInt8]) {
        let found = output[seen...].prefix(expected.count)
        seen += found.count
        guard !found.elementsEqual(expected) else { return }
        failure = ScriptFailure(
            "expected \(ScriptedPeer.text(expected[...])), found \(ScriptedPeer.text(found))")
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self).debugDescription
    }

    /// Performs the rest of the script that only compares, when the handler is done.
    func finish() {
        while case .expect(let bytes)? = script.first, failure == nil {
            script.removeFirst()
            compare(bytes)
        }
    }
}
