internal import Glibc
internal import Platform
internal import Synchronization
internal import TLS

/// Looks at the certificates that a start or a reload had no time for, on a thread of the lowest
/// priority that ends when there is nothing left; where that is refused, it rests half of the time.
///
/// It keeps nothing of what it looks at but what the hosts keep themselves.
final class CertificateExaminer: Sendable {
    /// What came of some of the hosts.
    struct Outcome: Sendable {
        /// What is odd about those that can be used.
        var found: [(tag: String, findings: [CertificateFinding])] = []
        /// Those that cannot.
        var bad: [(host: Host, trouble: HostTrouble)] = []
        /// Whether it was the last.
        var isLast = false
    }

    private struct Queue {
        /// In reverse.
        var waiting: [Host] = []
        var thread: Thread?
        var isRunning = false
    }

    private let queue = Lock(Queue())
    private let isStopping = Atomic<Bool>(false)

    /// Bad ones are told at most so often, since each time all loops route anew.
    private static let reportTime: UInt64 = 250_000_000

    /// Puts hosts behind those that wait; called by one thread, always with the same `report`.
    func examine(
        _ hosts: [Host], report: @escaping @Sendable (Outcome) -> Void
    ) throws(SystemError) {
        guard !hosts.isEmpty else { return }
        let finished = queue.withLock { queue -> Thread?? in
            queue.waiting = hosts.reversed() + queue.waiting
            if queue.isRunning { return .none }
            queue.isRunning = true
            defer { queue.thread = nil }
            return .some(queue.thread)
        }
        guard let finished else { return }
        finished?.join()
        let thread = try Thread(name: "examiner") { [self] in
            run(report, restsBetween: !Thread.lowerPriority())
        }
        queue.withLock { $0.thread = thread }
    }

    /// Ends the thread after the host that it looks at, and waits for it.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        queue.withLock { $0.thread }?.join()
    }

    /// - Parameters:
    ///   - report: hears what was found.
    ///   - restsBetween: whether to rest as long as each look took, for whoever else wants the processor.
    private func run(_ report: @Sendable (Outcome) -> Void, restsBetween: Bool) {
        var outcome = Outcome()
        var nextReport: UInt64 = 0
        while !isStopping.load(ordering: .relaxed) {
            let host = queue.withLock { queue -> Host? in
                let next = queue.waiting.popLast()
                queue.isRunning = next != nil
                return next
            }
            guard let host else { break }
            let begun = MonotonicClock.now()
            look(at: host, into: &outcome)
            let now = MonotonicClock.now()
            if restsBetween { usleep(useconds_t(clamping: (now - begun) / 1_000)) }
            guard !outcome.bad.isEmpty, now >= nextReport else { continue }
            nextReport = now + Self.reportTime
            report(outcome)
            outcome.bad = []
        }
        outcome.isLast = true
        report(outcome)
    }

    private func look(at host: Host, into outcome: inout Outcome) {
        guard let certificates = host.certificates else { return }
        do throws(TLSError) {
            let report = try certificates.examine()
            if !report.findings.isEmpty { outcome.found.append((host.tag, report.findings)) }
        } catch {
            outcome.bad.append((host, HostTrouble(error, of: certificates)))
        }
    }
}
