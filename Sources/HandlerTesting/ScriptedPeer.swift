internal import HandlerAPI

/// The state of a scripted connection: its script, what has come and what was sent.
///
/// Theory of operation: a wait of the handler performs the next steps of the script until one of them ends the
/// wait; at the end of the script the peer ends its side. So a test takes no time and always goes the
/// same way. A client of a ``ScriptedServer`` is live: its test performs the steps, and a wait of the handler
/// suspends its task until then.
final class ScriptedPeer {
    private let loop: VirtualLoop?
    private let isLive: Bool
    private let reader = WaitingTask()
    private let writer = WaitingTask()
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
    /// The handler is done.
    private var isFinished = false
    /// The time of the script's own clock.
    private var passed = Duration.zero
    private(set) var received = 0

    /// Begins a connection that follows a script.
    ///
    /// - Parameters:
    ///   - script: the steps.
    ///   - loop: the loop of the server that it belongs to, if any.
    ///   - isLive: whether the test performs further steps.
    init(_ script: [ScriptStep], on loop: VirtualLoop? = nil, isLive: Bool = false) {
        self.script = script[...]
        self.loop = loop
        self.isLive = isLive
    }

    /// The time of the virtual clock.
    var now: Duration { loop?.now ?? passed }

    func setDeadline(after duration: Duration?) {
        hasTimedOut = false
        deadline = duration.map { now + $0 }
        guard let loop, let deadline else { return }
        loop.at(deadline) { [weak self] in
            self?.checkDeadline()
            self?.wake()
        }
    }

    private func checkDeadline() {
        if let deadline, now >= deadline { hasTimedOut = true }
    }

    private func wake() {
        reader.wake()
        writer.wake()
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
    func read(_ body: (Span<UInt8>) throws -> Void) async throws -> Bool {
        while true {
            switch try readArrived(body) {
            case .bytes: return true
            case .end: return false
            case .nothing: try await wait(in: reader)
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
        guard !isTaking else {
            output.append(contentsOf: bytes)
            // A script that expects them may wait to go on.
            return reader.wake()
        }
        unsent += bytes
        if unsent.count > PeerCore.unsentLimit { failure = ClientError.unsentLimitExceeded }
    }

    /// Whether handles reach the client.
    var isOpen: Bool { failure == nil && !isFinished }

    /// Takes a message of a ``ClientHandle``.
    func sendFromOutside(_ bytes: [UInt8]) -> Bool {
        guard isOpen, !hasEndedOutput, bytes.count <= ClientHandle.waitingLimit - unsent.count
        else { return false }
        if isTaking { output += bytes } else { unsent += bytes }
        return true
    }

    /// The server, or this client, begins to drain.
    func drain() {
        isDraining = true
        wake()
    }

    /// The drain period is over, or the client is disconnected.
    func cut() {
        failure = failure ?? ClientError.cancelled
        wake()
    }

    /// Whether something has come, or was put back, that was not used.
    var hasUnread: Bool { !input.isEmpty }

    var mustFlush: Bool {
        !unsent.isEmpty || failure != nil || sends >= ScriptedPeer.sendLimit
    }

    /// Does steps until the peer has taken all.
    func flush() async throws {
        if sends >= ScriptedPeer.sendLimit, unsent.isEmpty, failure == nil {
            if loop == nil { step() } else { await Task.yield() }
        }
        sends = 0
        while !unsent.isEmpty, failure == nil { try await wait(in: writer) }
        if let failure {
            try noteVainWait()
            throw failure
        }
    }

    func endOutput() { hasEndedOutput = true }

    /// Waits until a client at rest is served again.
    func rest() async {
        while !hasEnded, failure == nil, !isDraining, !hasTimedOut, input.isEmpty || isIncomplete {
            await stepOrWait(in: reader)
        }
    }

    private func wait(in place: WaitingTask) async throws {
        if hasTimedOut || failure != nil { try noteVainWait() }
        if let failure { throw failure }
        if hasTimedOut { throw ClientError.timedOut }
        vainWaits = 0
        await stepOrWait(in: place)
        if let failure { throw failure }
        if Task.isCancelled { throw ClientError.cancelled }
        if hasTimedOut, input.isEmpty || isIncomplete { throw ClientError.timedOut }
    }

    private func stepOrWait(in place: WaitingTask) async {
        if mustWait { await place.wait() } else { step() }
    }

    /// Whether the next step is not there yet, or expects what was not sent yet.
    private var mustWait: Bool {
        guard loop != nil else { return false }
        guard let next = script.first else { return isLive }
        guard case .expect(let bytes) = next else { return false }
        let found = output[seen...]
        return found.count < bytes.count && bytes.starts(with: found)
    }

    private func step() { perform(script.popFirst()) }

    /// Performs a step of a live client.
    ///
    /// - Throws: ``ScriptFailure`` when something else was sent than it expects.
    func play(_ step: ScriptStep) throws {
        switch step {
        case .expect(let bytes):
            if let found = mismatch(bytes) { throw found }
        case .stallHandshake:
            script.append(step)
        default:
            perform(step)
            wake()
        }
    }

    private func perform(_ step: ScriptStep?) {
        switch step {
        case .send(let bytes):
            input += bytes
            received += bytes.count
            isIncomplete = false
        case .expect(let bytes):
            failure = mismatch(bytes) ?? failure
        case .pass(let duration):
            passed += duration
            checkDeadline()
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
            drain()
        case .cut:
            cut()
        }
    }

    /// Compares what was sent, since the last time, with what is expected.
    private func mismatch(_ expected: [UInt8]) -> ScriptFailure? {
        let found = output[seen...].prefix(expected.count)
        seen += found.count
        guard !found.elementsEqual(expected) else { return nil }
        return ScriptFailure(
            "expected \(ScriptedPeer.text(expected[...])), found \(ScriptedPeer.text(found))")
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self).debugDescription
    }

    /// Performs the rest of the script that only compares, when the handler is done.
    func finish() {
        isFinished = true
        while case .expect(let bytes)? = script.first, failure == nil {
            script.removeFirst()
            failure = mismatch(bytes) ?? failure
        }
    }
}
