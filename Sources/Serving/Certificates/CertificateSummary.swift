internal import TLS

/// How the certificates of all hosts stand, in numbers.
package struct CertificateSummary: Hashable, Sendable {
    /// Hosts that show one that was made here.
    package private(set) var madeHere = 0
    /// Hosts that show one that has ended.
    package private(set) var ended = 0
    /// Hosts whose certificate ends within `CertExpireDays`.
    package private(set) var endsSoon = 0
    /// Hosts with something else that is odd.
    package private(set) var doubtful = 0

    /// Hosts that show an old one, since the new files are no good.
    package private(set) var refused = 0

    /// Nothing to say.
    package init() {}

    /// Counts.
    init(_ hosts: some Sequence<HostCertificates>, refused: Int) {
        self.refused = refused
        for host in hosts { host.report.map { count($0) } }
    }

    private mutating func count(_ report: HostCertificates.Report) {
        for finding in report.findings {
            switch finding {
            case .madeHere: madeHere += 1
            case .ended: ended += 1
            case .endsSoon: endsSoon += 1
            default: continue
            }
            return
        }
        if !report.findings.isEmpty { doubtful += 1 }
    }

    /// The numbers that are not zero, empty when all are.
    package var text: String {
        let numbers = [
            (ended, "expired"), (refused, "not renewed"),
            (endsSoon, endsSoon == 1 ? "expires soon" : "expire soon"),
            (madeHere, "self-made"),
            (doubtful, "with warnings"),
        ].filter { $0.0 > 0 }.map { "\($0) \($1)" }
        return numbers.isEmpty ? "" : "certificates: " + numbers.joined(separator: ", ")
    }
}
