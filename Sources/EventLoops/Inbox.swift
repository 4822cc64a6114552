internal import CLinux
internal import Glibc
internal import Platform

/// What other threads ask of a loop: jobs to run and errands to do, with an eventfd that wakes it.
final class Inbox: Sendable {
    typealias Errand = @Sendable () -> Void

    struct Content {
        var jobs: [UnownedJob] = []
        var errands: [Errand] = []
        var isEmpty: Bool { jobs.isEmpty && errands.isEmpty }
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

    func append(_ errand: @escaping Errand) {
        put { $0.errands.append(errand) }
    }

    /// Takes all that has arrived; the bell is silent until more does.
    func takeAll() -> Content {
        var count: UInt64 = 0
        _ = unsafe read(bell.number, &count, 8)
        return content.withLock { content in
            defer { content = Content() }
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
