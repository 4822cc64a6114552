internal import Platform

/// A place where one task waits until something happens, on a ``VirtualLoop``.
final class WaitingTask: Sendable {
    private let waiting = Lock<CheckedContinuation<Void, Never>?>(nil)

    /// Waits for ``wake()``, or for the cancellation of the task.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = waiting.withLock { waiting in
                    precondition(waiting == nil, "two tasks wait for the same thing at one time")
                    // A cancellation from now on finds the continuation.
                    guard !Task.isCancelled else { return false }
                    waiting = continuation
                    return true
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            wake()
        }
    }

    /// Lets the task continue, if one waits.
    func wake() {
        let continuation = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume()
    }
}
