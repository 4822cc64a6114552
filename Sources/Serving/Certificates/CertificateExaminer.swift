internal import Glibc
internal import Platform
internal import Synchronization
internal import TLS

/// Checks the certificates that a start or a reload had no time for, on a background thread.
///
/// The thread has the lowest priority and exits when no certificate is left; if the priority is refused, it
/// sleeps half of the time. It keeps no results except those that the hosts keep themselves.
final class CertificateExaminer: Sendable {
    /// The results for some of the hosts.
    struct Outcome: Sendable {
        /// The problems of usable certificates.
        var found: [(tag: String, findings: [CertificateFinding])] = []
        /// The hosts whose certificates are unusable.
        var bad: [(host: Host, trouble: HostTrouble)] = []
        /// Whether these are the last results.
        var isLast = false
    }

    private struct Queue {
        /// In reverse order.
        var waiting: [Host] = []
        var thread: Thread?
        var isRunning = false
    }

    private let queue = Lock(Queue())
    private let isStopping = Atomic<Bool>(false)

    /// The shortest time between two reports of unusable certificates, since each makes all loops route anew.
    private static let reportTime: UInt64 = 250_000_000

    /// Adds hosts to the queue; called by one thread, always with the same `report`.
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

    /// Stops the thread after its current host, and waits for it to exit.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        queue.withLock { $0.thread }?.join()
    }

    /// - Parameters:
    ///   - report: receives the results.
    ///   - restsBetween: whether to sleep after each check for as long as it took, to leave processor time to
    ///     others.
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
