internal import CLinux
internal import Glibc
internal import Platform

/// The jobs and closures that other threads post to a loop, with an eventfd that wakes it.
final class Inbox: Sendable {
    typealias Errand = @Sendable () -> Void

    struct Content {
        var jobs: [UnownedJob] = []
        var closures: [Errand] = []
        var isEmpty: Bool { jobs.isEmpty && closures.isEmpty }
    }

    private struct State {
        var content = Content()
        var hasEnded = false
    }

    private let state = Lock(State())
    private let bell: FileDescriptor

    /// The descriptor that becomes readable when something has arrived.
    var bellNumber: CInt { bell.number }

    init() throws(SystemError) {
        bell = try FileDescriptor(
            eventfd(0, CInt(EFD_NONBLOCK | EFD_CLOEXEC)), from: "eventfd")
    }

    /// Whether all that has arrived was taken.
    var isEmpty: Bool { state.withLock { $0.content.isEmpty } }

    /// Adds a job.
    ///
    /// - Returns: whether the loop has ended, and the caller has to start a thread that takes it.
    func append(_ job: UnownedJob) -> Bool {
        put { $0.jobs.append(job) }
    }

    /// Adds a closure, as ``append(_:)`` adds a job.
    func append(_ closure: @escaping Errand) -> Bool {
        put { $0.closures.append(closure) }
    }

    /// From now on, adding reports that the loop has ended.
    func end() { state.withLock { $0.hasEnded = true } }

    /// Takes all that has arrived; the bell is silent until more does.
    func takeAll() -> Content {
        var count: UInt64 = 0
        _ = unsafe read(bell.number, &count, 8)
        return state.withLock { state in
            defer { state.content = Content() }
            return state.content
        }
    }

    private func put(_ change: (inout Content) -> Void) -> Bool {
        let (mustRing, hasEnded) = state.withLock { state in
            defer { change(&state.content) }
            return (state.content.isEmpty, state.hasEnded)
        }
        if mustRing, !hasEnded {
            var one: UInt64 = 1
            // Fails only when the counter is full, and then the bell rings already.
            _ = unsafe write(bell.number, &one, 8)
        }
        // Whoever posted what waits has started the thread that will take this, too.
        return mustRing && hasEnded
    }
}
