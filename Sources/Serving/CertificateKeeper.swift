package import EventLoops
internal import HandlerAPI
internal import TLS

/// Looks after the certificates of all hosts while the server runs.
///
/// Theory of operation: a thread of its own, `certificates`, turns a loop that watches the files and
/// the calendar. What has changed is read again a moment later, and shown to those who come then; a
/// certificate and its key are two files, so what does not fit together yet gets another moment
/// before it is called bad. What was made here is made anew before it ends; what ends is told. What
/// the start had no time for is looked at by the `examiner`. No client loop waits for any of it.
package final class CertificateKeeper: @unchecked Sendable {
    // Sendable because the variables are touched on the loop's thread only; the rest are constants,
    // or lock for themselves.

    /// A host that can serve from now on, or, with a trouble, no longer.
    package typealias Change = (host: Host, trouble: HostTrouble?)

    private let loop: EventLoop
    private let post: @Sendable (ServerEvent) -> Void
    private var onChange: @Sendable ([Change]) -> Void = { _ in }
    private let current = Lock(CertificateSummary())
    private let thread = Lock<Thread?>(nil)
    private let examiner = CertificateExaminer()

    private var hosts: [Int: Host] = [:]
    private var watch: FileWatch?
    private var calendar: LoopTimer?
    private var settling: LoopTimer?
    private var patience: LoopTimer?
    /// Hosts whose files have changed, to be read when they have settled.
    private var changed: Set<Int> = []
    /// Those of which the new files were no good at the first reading.
    private var doubtful: Set<Int> = []
    /// Those that show an old certificate, since the new files are no good.
    private var refused: Set<Int> = []
    private var toldPolling = 0
    private var nextReminder = 0

    /// Files are read so long after the first sign of a change.
    private static let settleTime = Duration.milliseconds(100)
    /// And once more so much later, before they are called bad.
    private static let patienceTime = Duration.seconds(1)
    /// The calendar is looked at so often at least, and at most.
    private static let calendarTime = (least: Duration.seconds(1), most: Duration.seconds(3_600))
    /// What is about time is told again after so many seconds.
    private static let reminderTime = 86_400

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

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - hosts: all hosts with certificates, those included that cannot serve because of theirs.
    ///   - found: what was found about those that were looked at already.
    ///   - onChange: takes the hosts that can serve from now on, and those that no longer can, on
    ///     the keeper's thread.
    /// - Throws: what kept the thread from starting.
    package func start(
        _ hosts: [Host], found: HostPreparation.Reports,
        onChange: @escaping @Sendable ([Change]) -> Void
    ) throws(SystemError) {
        let thread = try Thread(name: "certificates") { [self] in
            loop.perform {
                self.onChange = onChange
                self.begin(hosts, found)
            }
            loop.run()
        }
        self.thread.withLock { $0 = thread }
    }

    /// Looks after other hosts from now on, those of a new configuration; from any thread.
    package func adopt(_ hosts: [Host], found: HostPreparation.Reports) {
        loop.perform { self.take(hosts, found) }
    }

    /// Ends the threads and waits for them.
    package func stop() {
        guard let thread = thread.withLock({ $0 }) else { return }
        loop.perform { self.end() }
        loop.stop()
        thread.join()
        // Last: it is this thread that may have started the examiner a moment ago.
        examiner.stop()
    }

    private func begin(_ hosts: [Host], _ found: HostPreparation.Reports) {
        watch = FileWatch(on: loop) { [unowned self] in filesChanged($0) }
        calendar = LoopTimer(on: loop) { [unowned self] in lookAtCalendar() }
        settling = LoopTimer(on: loop) { [unowned self] in settle() }
        patience = LoopTimer(on: loop) { [unowned self] in losePatience() }
        nextReminder = WallClock.secondsSince1970 + Self.reminderTime
        take(hosts, found)
    }

    private func end() {
        for timer in [calendar, settling, patience] { timer?.stop() }
        (calendar, settling, patience) = (nil, nil, nil)
        watch?.stop()
        watch = nil
        // Whom it calls has the keeper.
        onChange = { _ in }
    }

    private func take(_ hosts: [Host], _ found: HostPreparation.Reports) {
        let new = Dictionary(
            hosts.compactMap { host in host.certificates.map { ($0.id, host) } }
        ) { first, _ in first }
        let old = self.hosts
        self.hosts = new
        for id in old.keys where new[id] == nil { forget(id) }
        tell(found.map { ($0.host.tag, $0.report.findings) })
        // In the order of the file.
        let added = hosts.filter { $0.certificates.map { old[$0.id] == nil } ?? false }
        for host in added { begin(host) }
        do throws(SystemError) {
            let rest = added.filter { $0.certificates?.isUnexamined == true }
            // Weakly: what comes after the loop's end stays in its inbox.
            try examiner.examine(rest) { [weak self, loop] outcome in
                loop.perform { [weak self] in self?.take(outcome) }
            }
        } catch {
            post(
                ServerEvent(
                    .certificateWarning, .warning,
                    detail: "certificates are only looked at when they are needed: \(error)"))
        }
        tellPolling()
        lookAtCalendar()
    }

    private func begin(_ host: Host) {
        guard let certificates = host.certificates else { return }
        watch?.watch(certificates.request.paths, for: certificates.id)
        // What was written between the reading and the watch.
        if certificates.isOutdated { changed.insert(certificates.id) }
        if !changed.isEmpty { settling?.start(after: Self.settleTime) }
    }

    private func forget(_ id: Int) {
        watch?.watch([], for: id)
        changed.remove(id)
        doubtful.remove(id)
        refused.remove(id)
    }

    // What the examiner found.

    private func take(_ outcome: CertificateExaminer.Outcome) {
        let bad = outcome.bad.filter { $0.host.certificates.map { hosts[$0.id] != nil } ?? false }
        if !bad.isEmpty { onChange(bad.map { ($0.host, $0.trouble) }) }
        if outcome.isLast {
            tell(outcome.found)
            lookAtCalendar()
        }
        update()
    }

    // Files that change.

    private func filesChanged(_ ids: Set<Int>) {
        tellPolling()
        if changed.isEmpty { settling?.start(after: Self.settleTime) }
        changed.formUnion(ids)
    }

    private func settle() {
        defer { changed = [] }
        for id in changed {
            guard let host = hosts[id], let certificates = host.certificates else { continue }
            let change = certificates.reload()
            switch change {
            case .refused, .unusable:
                if doubtful.isEmpty { patience?.start(after: Self.patienceTime) }
                doubtful.insert(id)
            case .none, .replaced, .recovered:
                doubtful.remove(id)
                tell(change, of: host)
            }
        }
        update()
    }

    private func losePatience() {
        for id in doubtful {
            guard let host = hosts[id], let certificates = host.certificates else { continue }
            tell(certificates.reload(), of: host)
        }
        doubtful = []
        update()
    }

    private func tell(_ change: HostCertificates.Change, of host: Host) {
        guard let certificates = host.certificates else { return }
        refused.remove(certificates.id)
        switch change {
        case .none: break
        case .replaced(let report):
            post(
                ServerEvent(
                    .certificateReplaced, .notice, hostTag: host.tag,
                    detail: "valid until \(CertificateTime.text(report.end))"))
            tell([(host.tag, report.findings)])
        case .recovered(let report):
            onChange([(host, nil)])
            tell([(host.tag, report.findings)])
        case .refused(let error):
            refused.insert(certificates.id)
            post(
                ServerEvent(
                    .certificateRefused, .error, hostTag: host.tag, detail: error.message))
        case .unusable(let error):
            onChange([(host, HostTrouble(error, of: certificates))])
        }
    }

    /// Says which files are looked at again and again, when it was not said.
    private func tellPolling() {
        guard let watch, (watch.polledCount > 0) != (toldPolling > 0) else { return }
        toldPolling = watch.polledCount
        guard toldPolling > 0 else { return }
        let reason =
            watch.isExhausted
            ? "there are more directories than fs.inotify.max_user_watches allows"
            : "a directory on their way cannot be read"
        post(
            ServerEvent(
                .certificateWarning, .warning,
                detail: "\(toldPolling) files of certificates are looked at every second, for"
                    + " they cannot be watched: \(reason)"))
    }

    // Time.

    /// Renews what was made here and will end, and tells of what ends.
    private func lookAtCalendar() {
        let now = WallClock.secondsSince1970
        let mustRemind = now >= nextReminder
        if mustRemind { nextReminder = now + Self.reminderTime }
        var next = Self.calendarTime.most
        var found: [(tag: String, findings: [CertificateFinding])] = []
        for host in hosts.values {
            guard let certificates = host.certificates, let report = certificates.report else {
                continue
            }
            if report.isMadeHere, report.end - now <= SubstituteCertificate.renewalTime {
                tell(certificates.reload(), of: host)
            }
            let finding = certificates.lookAtTime()
            if let finding = mustRemind ? certificates.report?.timely : finding {
                found.append((host.tag, [finding]))
            }
            for moment in certificates.moments where moment > now {
                next = min(next, .seconds(moment - now))
            }
        }
        tell(found)
        update()
        calendar?.start(after: max(next, Self.calendarTime.least))
    }

    // Telling.

    private func tell(_ found: [(tag: String, findings: [CertificateFinding])]) {
        CertificateTelling.events(found).forEach(post)
    }

    private func update() {
        let summary = CertificateSummary(
            hosts.values.lazy.compactMap(\.certificates), refused: refused.count)
        current.withLock { $0 = summary }
    }
}
