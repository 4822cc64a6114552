/// Calls a closure once after a time, on a loop.
package final class LoopTimer: EventSource {
    private let loop: EventLoop
    private let action: () -> Void
    private var source: SourceID?

    /// Creates a stopped timer; all calls are on the loop's thread.
    package init(on loop: EventLoop, _ action: @escaping () -> Void) {
        self.loop = loop
        self.action = action
    }

    /// Starts or restarts the timer.
    package func start(after duration: Duration) {
        let source = source ?? loop.add(self)
        self.source = source
        loop.setDeadline(source, after: duration)
    }

    /// Stops the timer.
    package func stop() {
        guard let source else { return }
        self.source = nil
        loop.remove(source)
    }

    package func descriptorReady(_ readiness: Readiness) {}

    package func deadlinePassed() { action() }
}
