internal import TLS

/// The number of hosts by the state of their certificates.
package struct CertificateSummary: Hashable, Sendable {
    /// Hosts whose certificate the server created.
    package private(set) var madeHere = 0
    /// Hosts whose certificate has expired.
    package private(set) var ended = 0
    /// Hosts whose certificate expires within `CertExpireDays`.
    package private(set) var endsSoon = 0
    /// Hosts with another problem.
    package private(set) var doubtful = 0

    /// Hosts that keep their previous certificate because the new files are unusable.
    package private(set) var refused = 0

    /// Creates a summary without problems.
    package init() {}

    /// Counts the hosts.
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
