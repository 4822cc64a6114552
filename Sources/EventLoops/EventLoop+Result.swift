internal import Platform

extension EventLoop {
    /// Runs a closure on the loop and waits for its result; from any thread and task.
    ///
    /// - Parameters:
    ///   - later: whether it runs on the next turn even when called on the loop: for one step of many.
    ///   - body: the closure.
    /// - Returns: nil when the loop has ended.
    package func result<Value: Sendable>(
        later: Bool = false, of body: @escaping @Sendable () -> Value?
    ) async -> Value? {
        await withCheckedContinuation { continuation in
            let reply = Reply(continuation)
            let closure: @Sendable () -> Void = { reply.send(body()) }
            if later { performLater(closure) } else { perform(closure) }
        }
    }
}

/// Resumes a continuation once: with nil when the closure that owns it is dropped and has not run.
private final class Reply<Value: Sendable>: Sendable {
    private let waiting: Lock<CheckedContinuation<Value?, Never>?>

    init(_ continuation: CheckedContinuation<Value?, Never>) {
        waiting = Lock(continuation)
    }

    deinit { send(nil) }

    func send(_ value: Value?) {
        let continuation = waiting.withLock { $0.take() }
        continuation?.resume(returning: value)
    }
}
