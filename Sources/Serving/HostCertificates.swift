internal import EventLoops
internal import HandlerAPI
internal import Synchronization
package import TLS

/// The certificates of one host: read when they are first needed, replaced while the host serves.
///
/// Any thread may ask. Files are read outside the lock: two threads that find nothing read yet both
/// read, and the first to be done is believed.
package final class HostCertificates: TLSCertificateSource {
    /// What there is to say of certificates that can be used.
    package struct Report: Hashable, Sendable {
        /// The earliest end, in seconds since 1970.
        package var end: Int
        /// What is odd about them.
        package var findings: [CertificateFinding] = []
        /// Whether they were made here.
        package var isMadeHere: Bool { findings.contains(where: \.isMadeHere) }
        /// What is odd about them, in sentences.
        package var messages: [String] { findings.map(\.message) }
    }

    private enum State {
        case unread
        case usable([TLSCertificate], findings: [CertificateFinding])
        case examined([TLSCertificate], Report)
        case unusable(TLSError)
    }

    package let request: CertificateRequest
    private let state = Lock(State.unread)
    private let isDown = Atomic<Bool>(false)

    /// Takes note of what to read, and reads nothing yet.
    package init(_ request: CertificateRequest) {
        self.request = request
    }

    /// Whether a client could be shown something, as far as is known.
    package var isUsable: Bool { !isDown.load(ordering: .relaxed) }

    package var certificates: [TLSCertificate] {
        let current = state.withLock { $0 }
        switch current {
        case .usable(let certificates, _), .examined(let certificates, _): return certificates
        case .unusable: return []
        case .unread: return (try? read())?.certificates ?? []
        }
    }

    /// Looks at everything, reading it first if need be.
    ///
    /// - Returns: what there is to say; the same as before when it was looked at before.
    /// - Throws: why nothing can be shown.
    package func examine() throws(TLSError) -> Report {
        switch state.withLock({ $0 }) {
        case .examined(_, let report): return report
        case .unusable(let error): throw error
        case .usable(let certificates, let findings):
            return settle(certificates, findings)
        case .unread:
            let loaded = try read()
            return settle(loaded.certificates, loaded.findings)
        }
    }

    /// What the last look found; nil before the first, and while nothing can be shown.
    package var report: Report? {
        guard case .examined(_, let report) = state.withLock({ $0 }) else { return nil }
        return report
    }

    /// Why nothing can be shown, as far as is known.
    package var trouble: TLSError? {
        guard case .unusable(let error) = state.withLock({ $0 }) else { return nil }
        return error
    }

    private func read() throws(TLSError) -> CertificateRequest.Loaded {
        let result = Result { () throws(TLSError) in try request.load() }
        return try state.withLock { (state) throws(TLSError) in
            switch state {
            case .usable(let certificates, let findings):
                return .init(certificates: certificates, findings: findings)
            case .examined(let certificates, let report):
                return .init(certificates: certificates, findings: report.findings)
            case .unusable(let error): throw error
            case .unread: break
            }
            switch result {
            case .success(let loaded):
                state = .usable(loaded.certificates, findings: loaded.findings)
            case .failure(let error):
                state = .unusable(error)
                isDown.store(true, ordering: .relaxed)
            }
            return try result.get()
        }
    }

    private func settle(
        _ certificates: [TLSCertificate], _ findings: [CertificateFinding]
    ) -> Report {
        let report = request.report(on: certificates, findings)
        state.withLock { $0 = .examined(certificates, report) }
        isDown.store(false, ordering: .relaxed)
        return report
    }
}

extension HostCertificates {
    /// What came of reading the files again.
    package enum Change: Sendable {
        /// Clients are shown what they were shown before.
        case none
        /// New clients are shown something else.
        case replaced(Report)
        /// Clients can be shown something again.
        case recovered(Report)
        /// What was read cannot be used, and clients are shown what they were shown before, if
        /// anything.
        case refused(TLSError)
    }

    /// Reads the files again and, if they can be used, shows them to those who come now.
    ///
    /// What was never read stays so. Not to be called by two threads at a time.
    package func reload() -> Change {
        let before = state.withLock { $0 }
        let shown: [TLSCertificate]
        switch before {
        case .unread: return .none
        case .unusable: shown = []
        case .usable(let certificates, _), .examined(let certificates, _): shown = certificates
        }
        do throws(TLSError) {
            // A real one is not given up for one that is made here.
            let loaded = try request.load(maySubstitute: shown.isEmpty || isMadeHere(before))
            let report = settle(loaded.certificates, loaded.findings)
            if shown.isEmpty { return .recovered(report) }
            let isSame =
                shown.count == loaded.certificates.count
                && zip(shown, loaded.certificates).allSatisfy { $0.isSame(as: $1) }
            return isSame ? .none : .replaced(report)
        } catch {
            return .refused(error)
        }
    }

    /// Looks at the calendar again.
    ///
    /// - Returns: what is new to say.
    package func lookAtTime() -> CertificateFinding? {
        guard case .examined(let certificates, let before) = state.withLock({ $0 }) else {
            return nil
        }
        let report = settle(certificates, before.findings.filter { !$0.isAboutTime })
        return report.findings.first { $0.isAboutTime && !before.findings.contains($0) }
    }

    /// When there will be something to say or to do, in seconds since 1970.
    var moments: [Int] {
        guard let report else { return [] }
        let early =
            report.isMadeHere ? SubstituteCertificate.renewalTime : request.expireDays * 86_400
        return [report.end - early, report.end + 1]
    }

    private func isMadeHere(_ state: State) -> Bool {
        switch state {
        case .unread, .unusable: false
        case .usable(_, let findings): findings.contains(where: \.isMadeHere)
        case .examined(_, let report): report.isMadeHere
        }
    }
}
