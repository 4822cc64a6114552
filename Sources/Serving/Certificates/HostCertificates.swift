internal import HandlerAPI
internal import Platform
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
        /// The earliest end of all that is shown, such as of a chain that some clients go, likewise.
        package var firstEnd: Int
        /// What is odd about them.
        package var findings: [CertificateFinding] = []
        /// Whether they were made here.
        package var isMadeHere: Bool { findings.contains(where: \.isMadeHere) }
        /// The day of the end.
        package var day: String { String(CertificateTime.text(end).prefix(10)) }
        /// One word for each thing that is odd about them, that they were made here apart.
        package var codes: [String] {
            findings.filter { !$0.isMadeHere }.map(\.code)
        }
        /// What is odd about them, in sentences.
        package var messages: [String] { findings.map(\.message) }
        /// What is about time.
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
    /// A number that no others of this process have.
    let id: Int
    private let state = Lock(State.unread)
    private let isDown = Atomic<Bool>(false)

    private static let lastID = Atomic<Int>(0)

    /// Takes note of what to read, and reads nothing yet.
    package init(_ request: CertificateRequest) {
        self.request = request
        id = Self.newID()
    }

    /// A number for what is watched as certificates are.
    static func newID() -> Int { lastID.add(1, ordering: .relaxed).newValue }

    /// Whether a client could be shown something, as far as is known.
    package var isUsable: Bool { !isDown.load(ordering: .relaxed) }

    package var certificates: [TLSCertificate] {
        let current = state.withLock { $0 }
        if case .unread = current { return (try? read())?.certificates ?? [] }
        return current.loaded?.certificates ?? []
    }

    /// Looks at everything, reading it first if need be.
    ///
    /// - Returns: what there is to say; the same as before when it was looked at before.
    /// - Throws: why nothing can be shown.
    package func examine() throws(TLSError) -> Report {
        switch state.withLock({ $0 }) {
        case .examined(_, let report): return report
        case .unusable(let error, _): throw error
        case .usable(let loaded): return report(on: loaded)
        case .unread: return report(on: try read())
        }
    }

    /// Whether nobody has looked at everything yet.
    var isUnexamined: Bool {
        switch state.withLock({ $0 }) {
        case .unread, .usable: true
        case .examined, .unusable: false
        }
    }

    /// What the last look found; nil before the first, and while nothing can be shown.
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

    /// Looks at what is shown; what has taken its place meanwhile stays.
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
    /// What came of reading the files again.
    package enum Change: Sendable {
        /// Clients are shown what they were shown before.
        case none
        /// New clients are shown something else.
        case replaced(Report)
        /// Clients can be shown something again.
        case recovered(Report)
        /// What was read cannot be used, and clients are shown what they were shown before.
        case refused(TLSError)
        /// What was read cannot be used, and clients are still shown nothing.
        case unusable(TLSError)

        /// Whether what was read cannot be used.
        var isBad: Bool {
            switch self {
            case .refused, .unusable: true
            case .none, .replaced, .recovered: false
            }
        }
    }

    /// Reads the files again and, if they can be used, shows them to those who come now.
    ///
    /// Not to be called by two threads at a time.
    package func reload() -> Change {
        let before = state.withLock { $0 }
        if case .unread = before {
            // Somebody may be about to keep what the files were before.
            _ = try? read()
            return .none
        }
        let (shown, stamp) = (before.loaded, request.stamp)
        do throws(TLSError) {
            // A real one is not given up for one that is made here.
            let loaded = try request.load(maySubstitute: shown?.isMadeHere ?? true)
            let report = request.report(on: loaded)
            state.withLock { $0 = .examined(loaded, report) }
            isDown.store(false, ordering: .relaxed)
            guard let shown else { return .recovered(report) }
            return shown.isSame(as: loaded) ? .none : .replaced(report)
        } catch {
            // What has ended is not good enough when it is new, and no better when it is old.
            guard shown.map(\.hasEnded) ?? true else { return .refused(error) }
            state.withLock { fail(error, stamp, &$0) }
            return .unusable(error)
        }
    }

    /// Whether the files are other ones than were read, or were written since.
    var isOutdated: Bool {
        switch state.withLock({ $0 }) {
        case .unread: false
        case .unusable(_, let stamp): stamp != request.stamp
        case .usable(let loaded), .examined(let loaded, _): loaded.stamp != request.stamp
        }
    }

    /// Looks at the calendar again.
    ///
    /// - Returns: what is new to say.
    func lookAtTime() -> CertificateFinding? {
        guard case .examined(let loaded, let before) = state.withLock({ $0 }) else { return nil }
        let finding = report(on: loaded).timely
        return finding == before.timely ? nil : finding
    }

    /// When there will be something to say or to do, in seconds since 1970.
    var moments: [Int] {
        guard let report else { return [] }
        let early =
            report.isMadeHere ? SubstituteCertificate.renewalTime : request.expireDays * 86_400
        return [report.end - early, report.end + 1, report.firstEnd + 1]
    }
}
