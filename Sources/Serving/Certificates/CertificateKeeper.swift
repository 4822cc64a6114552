internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
package import Platform
internal import TLS

/// Looks after the certificates of all hosts while the server runs.
///
/// Theory of operation: a thread of its own, `certificates`, turns a loop that watches the files and
/// the calendar. What has changed is read again when it has settled (``SettledFiles``), and holds for
/// those who come then: certificates, and what clients' certificates are checked by. What was made
/// here is made anew before it ends; what ends is told. What the start had no time for is looked at
/// by the `examiner`. No client loop waits for any of it.
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
    private var files: SettledFiles?
    private var trust = WatchedTrust()
    private var calendar: LoopTimer?
    /// Hosts that show an old certificate, and policies that trust whom they did, since the new files
    /// are no good.
    private var refused: Set<Int> = []
    private var toldPolling = 0
    private var nextReminder = 0

    /// The calendar is looked at so often at least, and at most.
    private static let calendarTime = (least: Duration.seconds(1), most: Duration.seconds(3_600))
    /// What conditions of hosts are about.
    private static let (subject, trustSubject) = ("certificate", "authorities of clients")
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
        files = SettledFiles(on: loop, onSign: { [unowned self] in tellPolling() }) {
            [unowned self] in read($0, isLast: $1)
        }
        calendar = LoopTimer(on: loop) { [unowned self] in lookAtCalendar() }
        nextReminder = WallClock.secondsSince1970 + Self.reminderTime
        take(hosts, found)
    }

    private func end() {
        calendar?.stop()
        calendar = nil
        files?.stop()
        files = nil
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
        trust.take(new.values).forEach(forget)
        watchTrust(trust.ids)
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
                    detail: "certificates are only checked when they are needed: \(error)"))
        }
        tellPolling()
        lookAtCalendar()
    }

    private func begin(_ host: Host) {
        guard let certificates = host.certificates else { return }
        // Of a version with other files, which has the same account.
        for subject in [Self.subject, Self.trustSubject] { host.account.conditions.clear(subject) }
        files?.watch(certificates.request.paths, for: certificates.id)
        // What was written between the reading and the watch.
        if certificates.isOutdated { files?.note([certificates.id]) }
    }

    private func forget(_ id: Int) {
        files?.forget(id)
        refused.remove(id)
    }

    /// Watches what policies are read from, and reads it: hosts may know it from before or after.
    private func watchTrust(_ ids: Set<Int>) {
        for id in ids { files?.watch(trust.paths(of: id), for: id) }
        files?.note(ids)
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

    /// Reads files again; returns, unless it is the last word, whose are no good.
    private func read(_ ids: Set<Int>, isLast: Bool) -> Set<Int> {
        defer { update() }
        return ids.filter { id in
            if let policy = trust.policy(id) { return !read(policy, id, isLast) }
            guard let host = hosts[id], let certificates = host.certificates else { return false }
            let change = certificates.reload()
            if !isLast, change.isBad { return true }
            tell(change, of: host)
            return false
        }
    }

    /// Lets hosts check clients by what the files of their policy say now; false where those are no
    /// good and it is not the last word.
    private func read(_ policy: TLSPolicy, _ id: Int, _ isLast: Bool) -> Bool {
        let sharers = hosts.values.filter { $0.identity?.context.policy == policy }
        // The directory of authorities may have other files now.
        files?.watch(trust.paths(of: id), for: id)
        do throws(TLSError) {
            let context = try TLSContext(policy: policy)
            refused.remove(id)
            let others = sharers.filter { $0.identity?.context.digest != context.digest }
            let new = others.compactMap { $0.with(context: context) }
            for host in new { host.certificates.map { hosts[$0.id] = host } }
            for host in sharers { host.account.conditions.clear(Self.trustSubject) }
            let serving = new.filter { !$0.isTakenDown }
            if !serving.isEmpty { onChange(serving.map { ($0, nil) }) }
            CertificateTelling.trust(new.map(\.tag), refusedFor: nil).forEach(post)
        } catch {
            guard isLast else { return false }
            refused.insert(id)
            for host in sharers {
                host.account.conditions.raise(
                    Self.trustSubject,
                    "keeps its authorities and revocation lists because the new ones cannot be used: "
                        + error.message)
            }
            CertificateTelling.trust(sharers.map(\.tag), refusedFor: error.message).forEach(post)
        }
        return true
    }

    private func tell(_ change: HostCertificates.Change, of host: Host) {
        guard let certificates = host.certificates else { return }
        refused.remove(certificates.id)
        host.account.conditions.clear(Self.subject)
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
            host.account.conditions.raise(
                Self.subject,
                "keeps its certificate because the new one cannot be used: \(error.message)")
            post(
                ServerEvent(
                    .certificateRefused, .error, hostTag: host.tag, detail: error.message))
        case .unusable(let error):
            onChange([(host, HostTrouble(error, of: certificates))])
        }
    }

    /// Says which files are looked at again and again, when it was not said.
    private func tellPolling() {
        guard let files, (files.polledCount > 0) != (toldPolling > 0) else { return }
        toldPolling = files.polledCount
        guard toldPolling > 0 else { return }
        post(
            ServerEvent(
                .certificateWarning, .warning,
                detail: toldPolling.counted(
                    "certificate file cannot be watched and is",
                    "certificate files cannot be watched and are")
                    + " checked every second: \(files.reasonForPolling)"))
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
            } else if report.end < now
                || report.firstEnd < now && !refused.contains(certificates.id)
            {
                // What has ended is not shown any more; what is left is judged as at a start.
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
