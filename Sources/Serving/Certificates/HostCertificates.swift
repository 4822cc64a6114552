internal import HandlerAPI
internal import Platform
internal import Synchronization
package import TLS

/// The certificates of one host: read on first use, replaced while the host serves.
///
/// Thread-safe. Files are read outside the lock: two threads that need them at once both read, and the first
/// result is kept.
package final class HostCertificates: TLSCertificateSource {
    /// The state of usable certificates.
    package struct Report: Hashable, Sendable {
        /// The earliest expiry of those that clients need, in seconds since 1970.
        package var end: Int
        /// The earliest expiry of all that are sent, chains for some clients included, likewise.
        package var firstEnd: Int
        /// The problems.
        package var findings: [CertificateFinding] = []
        /// Whether the server created them.
        package var isMadeHere: Bool { findings.contains(where: \.isMadeHere) }
        /// The date of the expiry.
        package var day: String { String(CertificateTime.text(end).prefix(10)) }
        /// One word for each problem, except that the server created them.
        package var codes: [String] {
            findings.filter { !$0.isMadeHere }.map(\.code)
        }
        /// A sentence for each problem.
        package var messages: [String] { findings.map(\.message) }
        /// The finding about expiry.
        var timely: CertificateFinding? { findings.first(where: \.isAboutTime) }
    }

    private enum State {
        case unread
        case usable(CertificateRequest.Loaded)
        case examined(CertificateRequest.Loaded, Report)
        case unusable(TLSError, stamp: Int)

        var loaded: CertificateRequest.Loaded? {
            switch self {
            case .usable(let loaded), .examined(let loaded, _): loaded
            case .unread, .unusable: nil
            }
        }
    }

    package let request: CertificateRequest
    /// A number that is unique in this process.
    let id: Int
    private let state = Lock(State.unread)
    private let isDown = Atomic<Bool>(false)

    private static let lastID = Atomic<Int>(0)

    /// Stores the request; reads no files.
    package init(_ request: CertificateRequest) {
        self.request = request
        id = Self.newID()
    }

    /// A number for anything else that is watched with the certificates.
    static func newID() -> Int { lastID.add(1, ordering: .relaxed).newValue }

    /// Whether there is a certificate, as far as is known without reading files.
    package var isUsable: Bool { !isDown.load(ordering: .relaxed) }

    package var certificates: [TLSCertificate] {
        let current = state.withLock { $0 }
        if case .unread = current { return (try? read())?.certificates ?? [] }
        return current.loaded?.certificates ?? []
    }

    /// Checks the certificates, and reads them first if necessary.
    ///
    /// - Returns: the report, cached from an earlier check.
    /// - Throws: the reason why there is no usable certificate.
    package func examine() throws(TLSError) -> Report {
        switch state.withLock({ $0 }) {
        case .examined(_, let report): return report
        case .unusable(let error, _): throw error
        case .usable(let loaded): return report(on: loaded)
        case .unread: return report(on: try read())
        }
    }

    /// Whether the certificates have not been checked yet.
    var isUnexamined: Bool {
        switch state.withLock({ $0 }) {
        case .unread, .usable: true
        case .examined, .unusable: false
        }
    }

    /// The last report; nil before the first check, and while there is no usable certificate.
    package var report: Report? {
        guard case .examined(_, let report) = state.withLock({ $0 }) else { return nil }
        return report
    }

    private func read() throws(TLSError) -> CertificateRequest.Loaded {
        let stamp = request.stamp
        let result = Result { () throws(TLSError) in try request.load() }
        return try state.withLock { (state) throws(TLSError) in
            if let loaded = state.loaded { return loaded }
            if case .unusable(let error, _) = state { throw error }
            switch result {
            case .success(let loaded): state = .usable(loaded)
            case .failure(let error): fail(error, stamp, &state)
            }
            return try result.get()
        }
    }

    private func fail(_ error: TLSError, _ stamp: Int, _ state: inout State) {
        state = .unusable(error, stamp: stamp)
        isDown.store(true, ordering: .relaxed)
    }

    /// Checks certificates, and stores the report unless they were replaced meanwhile.
    private func report(on loaded: CertificateRequest.Loaded) -> Report {
        let report = request.report(on: loaded)
        state.withLock { state in
            if state.loaded?.certificates.first === loaded.certificates.first {
                state = .examined(loaded, report)
            }
        }
        return report
    }
}

extension HostCertificates {
    /// The result of reading the files again.
    package enum Change: Sendable {
        /// The certificates are the same.
        case none
        /// New clients get other certificates.
        case replaced(Report)
        /// There are usable certificates again.
        case recovered(Report)
        /// The files are unusable, and clients get the previous certificates.
        case refused(TLSError)
        /// The files are unusable, and there are still no certificates.
        case unusable(TLSError)

        /// Whether the files are unusable.
        var isBad: Bool {
            switch self {
            case .refused, .unusable: true
            case .none, .replaced, .recovered: false
            }
        }
    }

    /// Reads the files again and, if they are usable, applies them to new clients.
    ///
    /// Not to be called by two threads at a time.
    package func reload() -> Change {
        let before = state.withLock { $0 }
        if case .unread = before {
            // Another thread may be about to store the previous contents.
            _ = try? read()
            return .none
        }
        let (shown, stamp) = (before.loaded, request.stamp)
        do throws(TLSError) {
            // A configured certificate is not replaced by one that the server creates.
            let loaded = try request.load(maySubstitute: shown?.isMadeHere ?? true)
            let report = request.report(on: loaded)
            state.withLock { $0 = .examined(loaded, report) }
            isDown.store(false, ordering: .relaxed)
            guard let shown else { return .recovered(report) }
            return shown.isSame(as: loaded) ? .none : .replaced(report)
        } catch {
            // Clients keep the previous certificates, unless those have expired.
            guard shown.map(\.hasEnded) ?? true else { return .refused(error) }
            state.withLock { fail(error, stamp, &$0) }
            return .unusable(error)
        }
    }

    /// Whether the files have changed since they were read.
    var isOutdated: Bool {
        switch state.withLock({ $0 }) {
        case .unread: false
        case .unusable(_, let stamp): stamp != request.stamp
        case .usable(let loaded), .examined(let loaded, _): loaded.stamp != request.stamp
        }
    }

    /// Checks the expiry again.
    ///
    /// - Returns: a new finding, nil for none.
    func lookAtTime() -> CertificateFinding? {
        guard case .examined(let loaded, let before) = state.withLock({ $0 }) else { return nil }
        let finding = report(on: loaded).timely
        return finding == before.timely ? nil : finding
    }

    /// The times of the next report or renewal, in seconds since 1970.
    var moments: [Int] {
        guard let report else { return [] }
        let early =
            report.isMadeHere ? SubstituteCertificate.renewalTime : request.expireDays * 86_400
        return [report.end - early, report.end + 1, report.firstEnd + 1]
    }
}
