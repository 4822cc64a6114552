package import Platform

/// A source made of two closures, for a descriptor that is watched for a while.
package final class DescriptorWatch: EventSource {
    private let loop: EventLoop
    private let number: CInt
    private let interest: Readiness
    private var source: SourceID?
    private var onReady: ((Readiness) -> Void)?
    private var onDeadline: (() -> Void)?

    /// Begins to watch, on the loop's thread; ``end()`` comes before the descriptor is closed.
    ///
    /// - Parameters:
    ///   - number: the descriptor, which stays the caller's.
    ///   - loop: who watches.
    ///   - interest: what for.
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

    /// Has the second closure called after so long; nil takes that back.
    package func setDeadline(after duration: Duration?) {
        if let source { loop.setDeadline(source, after: duration) }
    }

    /// Is not told of the descriptor until ``resume()``.
    package func pause() {
        if source != nil { loop.unwatch(number) }
    }

    /// Watches again what ``pause()`` left out.
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
