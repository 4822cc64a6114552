package import Platform

/// An event source of two closures, for a descriptor that is watched for a while.
package final class DescriptorWatch: EventSource {
    private let loop: EventLoop
    private let number: CInt
    private let interest: Readiness
    private var source: SourceID?
    private var onReady: ((Readiness) -> Void)?
    private var onDeadline: (() -> Void)?

    /// Starts watching, on the loop's thread; call ``end()`` before the descriptor is closed.
    ///
    /// - Parameters:
    ///   - number: the descriptor, which stays the caller's.
    ///   - loop: the loop that watches it.
    ///   - interest: the events to watch for.
    ///   - onReady: called when the descriptor is ready.
    ///   - onDeadline: called when the time of ``setDeadline(after:)`` has passed.
    /// - Throws: when epoll does not take the descriptor.
    package init(
        _ number: CInt, on loop: EventLoop, for interest: Readiness,
        onReady: @escaping (Readiness) -> Void, onDeadline: @escaping () -> Void
    ) throws(SystemError) {
        (self.loop, self.number, self.interest) = (loop, number, interest)
        (self.onReady, self.onDeadline) = (onReady, onDeadline)
        let source = loop.add(self)
        do {
            try loop.watch(number, for: source, interest)
        } catch {
            loop.remove(source)
            throw error
        }
        self.source = source
    }

    /// Calls `onDeadline` after this time; nil cancels the deadline.
    package func setDeadline(after duration: Duration?) {
        if let source { loop.setDeadline(source, after: duration) }
    }

    /// Stops watching the descriptor until ``resume()``.
    package func pause() {
        if source != nil { loop.unwatch(number) }
    }

    /// Watches the descriptor again after ``pause()``.
    package func resume() throws(SystemError) {
        if let source { try loop.watch(number, for: source, interest) }
    }

    /// Stops for good, and lets go of the closures.
    package func end() {
        guard let source else { return }
        self.source = nil
        loop.unwatch(number)
        loop.remove(source)
        (onReady, onDeadline) = (nil, nil)
    }

    package func descriptorReady(_ readiness: Readiness) { onReady?(readiness) }
    package func deadlinePassed() { onDeadline?() }
}
