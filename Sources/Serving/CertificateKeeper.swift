package import EventLoops
internal import HandlerAPI
internal import Synchronization
internal import TLS

/// Looks after the certificates of all hosts while the server runs.
///
/// Theory of operation: at the start a thread of low priority, `examiner`, looks at what the start
/// had no time for, and ends. A thread of its own, `certificates`, turns a loop that looks at the
/// calendar: what was made here is made anew before it ends, what ends is told. No client loop
/// waits for either.
package final class CertificateKeeper: @unchecked Sendable {
    // Sendable because the variables are touched on the loop's thread only; the rest are constants,
    // atomics, or lock for themselves.
    private let loop: EventLoop
    private let post: @Sendable (ServerEvent) -> Void
    private let threads = Lock<[Thread]>([])
    private let isStopping = Atomic<Bool>(false)
    private let current = Lock(CertificateSummary())

    private var hosts: [HostCertificates] = []
    private var calendar: LoopTimer?

    /// The calendar is looked at so often at least, and at most.
    private static let calendarTime = (least: Duration.seconds(1), most: Duration.seconds(3_600))
    /// The examiner tells how it stands after so many hosts.
    private static let stage = 500

    /// Makes a keeper that does nothing yet.
    ///
    /// - Parameter post: takes what the journal should know, from any thread.
    /// - Throws: what kept the loop from being made.
    package init(post: @escaping @Sendable (ServerEvent) -> Void) throws(SystemError) {
        loop = try EventLoop()
        self.post = post
    }

    /// How the certificates stand; from any thread.
    package var summary: CertificateSummary { current.withLock { $0 } }

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - hosts: the certificates of all hosts that serve.
    ///   - found: what was found about those that were looked at already.
    /// - Throws: what kept a thread from starting.
    package func start(
        _ hosts: [HostCertificates], found: HostPreparation.Reports
    ) throws(SystemError) {
        CertificateTelling.events(found.map { ($0.host.tag, $0.report.findings) }).forEach(post)
        update(hosts)
        let examiner = try Thread(name: "examiner") { [self] in
            Thread.lowerPriority()
            examine(hosts)
        }
        let keeper = try Thread(name: "certificates") { [self] in
            loop.perform { self.begin(hosts) }
            loop.run()
        }
        threads.withLock { $0 = [examiner, keeper] }
    }

    /// Looks after other certificates from now on.
    ///
    /// - Parameters:
    ///   - hosts: the certificates of all hosts that serve.
    ///   - found: what was found about those that are new.
    package func follow(_ hosts: [HostCertificates], found: HostPreparation.Reports) {
        CertificateTelling.events(found.map { ($0.host.tag, $0.report.findings) }).forEach(post)
        update(hosts)
        loop.perform {
            self.hosts = hosts
            self.lookAtCalendar()
        }
    }

    /// Ends the threads and waits for them.
    package func stop() {
        isStopping.store(true, ordering: .relaxed)
        loop.perform { self.calendar?.stop() }
        loop.stop()
        for thread in threads.withLock({ $0 }) { thread.join() }
    }

    private func examine(_ hosts: [HostCertificates]) {
        var found: [(tag: String, findings: [CertificateFinding])] = []
        let rest = hosts.filter { $0.report == nil }
        for (number, host) in rest.enumerated() {
            guard !isStopping.load(ordering: .relaxed) else { return }
            do throws(TLSError) {
                let report = try host.examine()
                if !report.findings.isEmpty { found.append((host.request.tag, report.findings)) }
            } catch {
                post(.hostDown(host, because: error))
            }
            if number % Self.stage == Self.stage - 1 { update(hosts) }
        }
        CertificateTelling.events(found).forEach(post)
        update(hosts)
    }

    private func update(_ hosts: [HostCertificates]) {
        let summary = CertificateSummary(hosts)
        current.withLock { $0 = summary }
    }

    private func begin(_ hosts: [HostCertificates]) {
        self.hosts = hosts
        calendar = LoopTimer(on: loop) { self.lookAtCalendar() }
        lookAtCalendar()
    }

    /// Renews what was made here and will end, and tells of what ends.
    private func lookAtCalendar() {
        let now = WallClock.secondsSince1970
        var next = Self.calendarTime.most
        for host in hosts {
            guard let report = host.report else { continue }
            if report.isMadeHere, report.end - now <= SubstituteCertificate.renewalTime {
                tell(host.reload(), of: host)
            }
            if let finding = host.lookAtTime() {
                CertificateTelling.events([(host.request.tag, [finding])]).forEach(post)
            }
            for moment in host.moments where moment > now {
                next = min(next, .seconds(moment - now))
            }
        }
        update(hosts)
        calendar?.start(after: max(next, Self.calendarTime.least))
    }

    private func tell(_ change: HostCertificates.Change, of host: HostCertificates) {
        let tag = host.request.tag
        switch change {
        case .none: return
        case .replaced(let report):
            post(
                ServerEvent(
                    .certificateReplaced, .notice, hostTag: tag,
                    detail: "valid until \(CertificateTime.text(report.end))"))
            CertificateTelling.events([(tag, report.findings)]).forEach(post)
        case .recovered(let report):
            post(ServerEvent(.hostUp, .info, hostTag: tag))
            CertificateTelling.events([(tag, report.findings)]).forEach(post)
        case .refused(let error):
            post(
                ServerEvent(.certificateRefused, .error, hostTag: tag, detail: error.message))
        }
    }
}

extension ServerEvent {
    /// A host is left out because of its certificates.
    static func hostDown(_ host: HostCertificates, because error: TLSError) -> ServerEvent {
        ServerEvent(
            .hostDown, .error, hostTag: host.request.tag,
            detail: "\(error.message) (\(host.request.location))")
    }
}
