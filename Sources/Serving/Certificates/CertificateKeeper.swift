internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
package import Platform
internal import TLS

/// Maintains the certificates of all hosts, and their address lists, while the server runs.
///
/// Theory of operation: a thread of its own, `certificates`, runs a loop that watches the files and the
/// expiry dates. Changed files are read again once they have settled (``SettledFiles``), and apply to new
/// clients: certificates as well as the authorities and lists that verify clients. Certificates that the
/// server created are renewed before they expire, and others that expire are reported. The `examiner` checks
/// those that the start had no time for. The files of address lists
/// are watched likewise (``WatchedAddressFiles``). No client loop waits for any of this.
package final class CertificateKeeper: @unchecked Sendable {
    // Sendable because the variables are only accessed on the loop's thread; the rest are constants or have
    // their own locks.

    /// A host that can serve from now on or, with a trouble, no longer can.
    package typealias Change = (host: Host, trouble: HostTrouble?)

    private let loop: EventLoop
    private let post: @Sendable (ServerEvent) -> Void
    private var onChange: @Sendable ([Change]) -> Void = { _ in }
    private let current = Lock(CertificateSummary())
    private let thread = Lock<Thread?>(nil)
    private let examiner = CertificateExaminer()

    private var hosts: [Int: Host] = [:]
    private let access: ServerAccess
    private var files: SettledFiles?
    private var lists: WatchedAddressFiles?
    private var trust = WatchedTrust()
    private var calendar: LoopTimer?
    /// The hosts and policies that keep their previous certificates and authorities because the new files are
    /// unusable.
    private var refused: Set<Int> = []
    private var toldPolling = 0
    private var nextReminder = 0

    /// The shortest and longest time between two checks of the expiry dates.
    private static let calendarTime = (least: Duration.seconds(1), most: Duration.seconds(3_600))
    /// The subjects of the hosts' conditions.
    private static let (subject, trustSubject) = ("certificate", "authorities of clients")
    /// The seconds after which an expiry is reported again.
    private static let reminderTime = 86_400

    /// Creates a keeper, which does nothing before ``start``.
    ///
    /// - Parameters:
    ///   - access: the address lists of the server, which are watched beside those of its hosts.
    ///   - post: receives events for the journal, on any thread.
    /// - Throws: the error of creating the loop.
    package init(
        access: ServerAccess, post: @escaping @Sendable (ServerEvent) -> Void
    ) throws(SystemError) {
        loop = try EventLoop()
        self.access = access
        self.post = post
    }

    /// The number of hosts by the state of their certificates; from any thread.
    package var summary: CertificateSummary { current.withLock { $0 } }

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - hosts: all hosts with certificates, including those that are down because of them.
    ///   - found: the findings about the certificates that were already checked.
    ///   - onChange: receives the hosts that can serve from now on and those that no longer can, on the
    ///     keeper's thread.
    /// - Throws: the error of starting the thread.
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

    /// Switches to the hosts of a new configuration; from any thread.
    package func adopt(_ hosts: [Host], found: HostPreparation.Reports) {
        loop.perform { self.take(hosts, found) }
    }

    /// Stops the threads and waits for them to exit.
    package func stop() {
        guard let thread = thread.withLock({ $0 }) else { return }
        loop.perform { self.end() }
        loop.stop()
        thread.join()
        // Last: this thread may have started the examiner a moment ago.
        examiner.stop()
    }

    private func begin(_ hosts: [Host], _ found: HostPreparation.Reports) {
        files = SettledFiles(on: loop, onSign: { [unowned self] in tellPolling() }) {
            [unowned self] in read($0, isLast: $1)
        }
        lists = WatchedAddressFiles(on: loop, of: access, post: post)
        calendar = LoopTimer(on: loop) { [unowned self] in lookAtCalendar() }
        nextReminder = WallClock.secondsSince1970 + Self.reminderTime
        take(hosts, found)
    }

    private func end() {
        calendar?.stop()
        calendar = nil
        files?.stop()
        files = nil
        lists?.stop()
        lists = nil
        // Breaks the reference cycle: the closure retains the keeper's owner.
        onChange = { _ in }
    }

    private func take(_ hosts: [Host], _ found: HostPreparation.Reports) {
        lists?.take(hosts)
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
            // Weak: a job that is posted after the loop has stopped stays in its inbox.
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
        // Left by a version of the host with other files, which has the same account.
        for subject in [Self.subject, Self.trustSubject] { host.account.conditions.clear(subject) }
        files?.watch(certificates.request.paths, for: certificates.id)
        // The files may have been written between the reading and the watch.
        if certificates.isOutdated { files?.note([certificates.id]) }
    }

    private func forget(_ id: Int) {
        files?.forget(id)
        refused.remove(id)
    }

    /// Watches the files of policies and reads them: they may have changed since hosts were prepared.
    private func watchTrust(_ ids: Set<Int>) {
        for id in ids { files?.watch(trust.paths(of: id), for: id) }
        files?.note(ids)
    }

    // Results of the examiner.

    private func take(_ outcome: CertificateExaminer.Outcome) {
        let bad = outcome.bad.filter { $0.host.certificates.map { hosts[$0.id] != nil } ?? false }
        if !bad.isEmpty { onChange(bad.map { ($0.host, $0.trouble) }) }
        if outcome.isLast {
            tell(outcome.found)
            lookAtCalendar()
        }
        update()
    }

    // File changes.

    /// Reads files again; returns the owners whose files are unusable, unless this is the final attempt.
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

    /// Verifies clients by the current files of a policy; false if those are unusable and this is not the
    /// final attempt.
    private func read(_ policy: TLSPolicy, _ id: Int, _ isLast: Bool) -> Bool {
        let sharers = hosts.values.filter { $0.identity?.context.policy == policy }
        // The directory of authorities may have new files.
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

    /// Reports which files are polled, unless that was already reported.
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

    // Expiry.

    /// Renews certificates that the server created, and reports those that expire.
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
                // Expired certificates are no longer sent; the rest is checked as at a start.
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

    // Reporting.

    private func tell(_ found: [(tag: String, findings: [CertificateFinding])]) {
        CertificateTelling.events(found).forEach(post)
    }

    private func update() {
        let summary = CertificateSummary(
            hosts.values.lazy.compactMap(\.certificates), refused: refused.count)
        current.withLock { $0 = summary }
    }
}
