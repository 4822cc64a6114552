internal import Platform

/// A wait of a task on a loop.
///
/// `Task.sleep(for:)` uses threads of libdispatch. They set their priority, which the shipped unit forbids
/// (`SystemCallFilter=~@resources`), and print a warning to standard error.
package final class LoopPause: EventSource, Sendable {
    private struct State {
        var waiting: CheckedContinuation<Bool, Never>?
        var source: SourceID?
    }

    private let loop: EventLoop
    private let state = Lock(State())

    private init(on loop: EventLoop) {
        self.loop = loop
    }

    /// Waits on the current loop, at most 135 ms longer than requested.
    ///
    /// - Throws: when the task is cancelled.
    package static func wait(
        _ duration: Duration, on loop: EventLoop
    ) async throws(CancellationError) {
        let pause = LoopPause(on: loop)
        let isOver = await withTaskCancellationHandler {
            await withCheckedContinuation { pause.begin($0, duration) }
        } onCancel: {
            loop.perform { pause.end(isOver: false) }
        }
        guard isOver else { throw CancellationError() }
    }

    private func begin(_ continuation: CheckedContinuation<Bool, Never>, _ duration: Duration) {
        guard !Task.isCancelled else { return continuation.resume(returning: false) }
        let source = loop.add(self)
        state.withLock { $0 = State(waiting: continuation, source: source) }
        loop.setDeadline(source, after: duration)
    }

    /// Ends the wait unless it has ended.
    private func end(isOver: Bool) {
        let last = state.withLock { state in
            defer { state = State() }
            return state
        }
        if let source = last.source { loop.remove(source) }
        last.waiting?.resume(returning: isOver)
    }

    package func descriptorReady(_ readiness: Readiness) {}

    package func deadlinePassed() { end(isOver: true) }
}
