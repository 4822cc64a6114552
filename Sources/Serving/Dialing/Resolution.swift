internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes

/// The wait of one task for the addresses of a name: until the answer, its time-out or its cancellation.
@safe final class Resolution: EventSource, @unchecked Sendable {
    // Sendable because it is confined to its loop: others only post closures to it.
    private let loop: EventLoop
    private var source = SourceID.nowhere
    private var task: CheckedContinuation<Outcome, Never>?
    private var outcome: Outcome?

    /// How it ended.
    enum Outcome: Sendable {
        case answer(Resolver.Answer)
        case timedOut, cancelled
    }

    private init(_ loop: EventLoop) {
        self.loop = loop
    }

    /// Waits on the loop's thread.
    static func wait(
        for name: String, from resolver: Resolver, on loop: EventLoop, upTo limit: Duration
    ) async -> Outcome {
        let wait = Resolution(loop)
        wait.source = loop.add(wait)
        loop.setDeadline(wait.source, after: limit)
        resolver.resolve(name) { answer in loop.perform { wait.end(.answer(answer)) } }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { wait.park($0) }
        } onCancel: {
            loop.perform { wait.end(.cancelled) }
        }
    }

    func descriptorReady(_ readiness: Readiness) {}

    func deadlinePassed() { end(.timedOut) }

    private func park(_ continuation: CheckedContinuation<Outcome, Never>) {
        if let outcome {
            continuation.resume(returning: outcome)
        } else {
            task = continuation
        }
    }

    private func end(_ outcome: Outcome) {
        guard self.outcome == nil else { return }
        self.outcome = outcome
        loop.remove(source)
        task?.resume(returning: outcome)
        task = nil
    }
}
