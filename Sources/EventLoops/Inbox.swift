internal import CLinux
internal import Glibc
internal import Platform

/// The jobs and closures that other threads post to a loop, with an eventfd that wakes it.
final class Inbox: Sendable {
    typealias Errand = @Sendable () -> Void

    struct Content {
        var jobs: [UnownedJob] = []
        var closures: [Errand] = []
        var isClosed = false
        var isEmpty: Bool { jobs.isEmpty && closures.isEmpty }
    }

    private let content = Lock(Content())
    private let bell: FileDescriptor

    /// The descriptor that becomes readable when something has arrived.
    var bellNumber: CInt { bell.number }

    init() throws(SystemError) {
        bell = try FileDescriptor(
            eventfd(0, CInt(EFD_NONBLOCK | EFD_CLOEXEC)), from: "eventfd")
    }

    func append(_ job: UnownedJob) {
        put { $0.jobs.append(job) }
    }

    /// Drops a closure for a loop that has ended.
    func append(_ closure: @escaping Errand) {
        put { if !$0.isClosed { $0.closures.append(closure) } }
    }

    /// Drops the closures that wait and all that follow.
    func close() {
        let dropped = content.withLock { content in
            defer {
                content.isClosed = true
                content.closures = []
            }
            return content.closures
        }
        // Outside the lock: what they own may call the loop again.
        _ = consume dropped
    }

    /// Takes all that has arrived; the bell is silent until more does.
    func takeAll() -> Content {
        var count: UInt64 = 0
        _ = unsafe read(bell.number, &count, 8)
        return content.withLock { content in
            defer { content = Content(isClosed: content.isClosed) }
            return content
        }
    }

    private func put(_ change: (inout Content) -> Void) {
        let mustRing = content.withLock { content in
            defer { change(&content) }
            return content.isEmpty
        }
        guard mustRing else { return }
        var one: UInt64 = 1
        // Fails only when the counter is full, and then the bell rings already.
        _ = unsafe write(bell.number, &one, 8)
    }
}
