internal import CLinux

/// An object that a loop notifies of readiness and deadlines: a client, a listener, a signal queue.
///
/// The loop owns its sources: it keeps each alive from ``EventLoop/add(_:)`` to
/// ``EventLoop/remove(_:)``, and calls it on the loop's own thread only.
package protocol EventSource: AnyObject {
    /// The watched descriptor changed; an edge-triggered source is notified once.
    func descriptorReady(_ readiness: Readiness)
    /// The deadline set with ``EventLoop/setDeadline(_:after:)`` has passed and is cleared.
    func deadlinePassed()
}

/// The events of a descriptor that epoll(7) watches for and reports.
package struct Readiness: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Bytes, a client or a signal wait to be read.
    package static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    /// The send queue has room again.
    package static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    /// The peer will send nothing more.
    package static let peerClosed = Readiness(rawValue: EPOLLRDHUP.rawValue)
    /// Report changes only, not states.
    package static let edgeTriggered = Readiness(rawValue: EPOLLET.rawValue)
    /// Wake one of the loops that watch a listener, not all.
    package static let exclusive = Readiness(rawValue: EPOLLEXCLUSIVE.rawValue)

    // Masks and not sets of options: a set literal is built through the generic SetAlgebra, which
    // took a third of the instructions of an echo.

    /// What a connected socket is watched for, as long as the kernel takes all it sends.
    package static let input = Readiness(
        rawValue: EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue)
    /// The same and room to send.
    package static let inputAndOutput = Readiness(rawValue: input.rawValue | EPOLLOUT.rawValue)

    /// Whether the peer has ended its side, or the connection is broken.
    package var hasHangUp: Bool {
        rawValue & (EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0
    }

    /// Whether the connection is broken, or ended at both sides.
    package var isBroken: Bool { rawValue & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 }

    /// Whether the connection is broken.
    package var hasError: Bool { rawValue & EPOLLERR.rawValue != 0 }

    /// Whether a send would find room, or an error.
    package var hasOutput: Bool { rawValue & EPOLLOUT.rawValue != 0 || hasHangUp }

    /// Whether a receive would find something: bytes, an end or an error.
    package var hasInput: Bool { rawValue & EPOLLIN.rawValue != 0 || hasHangUp }
}
