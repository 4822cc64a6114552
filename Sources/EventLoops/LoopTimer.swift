/// Calls a closure once after a while, on a loop.
package final class LoopTimer: EventSource {
    private let loop: EventLoop
    private let action: () -> Void
    private var source: SourceID?

    /// Makes a timer that does not run; all calls are on the loop's thread.
    package init(on loop: EventLoop, _ action: @escaping () -> Void) {
        self.loop = loop
        self.action = action
    }

    /// Runs the timer from now on, whether it ran before or not.
    package func start(after duration: Duration) {
        let source = source ?? loop.add(self)
        self.source = source
        loop.setDeadline(source, after: duration)
    }

    /// Forgets the timer.
    package func stop() {
        guard let source else { return }
        self.source = nil
        loop.remove(source)
    }

    package func descriptorReady(_ readiness: Readiness) {}

    package func deadlinePassed() { action() }
}
