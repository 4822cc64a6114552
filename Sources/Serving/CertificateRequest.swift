package import Configuration
internal import HandlerAPI
internal import TLS

/// What a host wants to show its clients, and where it comes from.
package struct CertificateRequest: Sendable {
    /// What to read, one element for each kind of key; empty when the host names none.
    let files: [CertificateFiles]
    /// The policy that the certificates must satisfy.
    let context: TLSContext
    /// `Hosts`.
    let names: [String]
    /// `CertExpireDays`.
    let expireDays: Int
    /// Where one is kept or made when the files are missing.
    let substitute: SubstituteCertificate
    /// `HostTag`.
    package let tag: String
    /// The section.
    package let section: String
    /// Where to look for what is wrong.
    package let location: SourceLocation

    /// Certificates that can be used.
    struct Loaded {
        var certificates: [TLSCertificate]
        var findings: [CertificateFinding]
    }

    /// Reads the certificates, or gets the substitute for those that are missing.
    func load(maySubstitute: Bool = true) throws(TLSError) -> Loaded {
        if maySubstitute, let absence {
            return try substitute.get(because: absence, context: context)
        }
        var loaded = Loaded(certificates: [], findings: [])
        for one in files {
            let (certificate, findings) = try TLSCertificate.load(one, context: context)
            loaded.certificates.append(certificate)
            loaded.findings += findings
        }
        return loaded
    }

    /// Why there is nothing to read, nil when there is.
    private var absence: String? {
        guard !files.isEmpty else { return "SslCert is not set" }
        let missing = files.compactMap(\.certificate.path).first { !FilePresence.exists($0) }
        return missing.map { "there is no \($0)" }
    }

    /// Looks at certificates that can be used.
    func report(
        on certificates: [TLSCertificate], _ findings: [CertificateFinding]
    ) -> HostCertificates.Report {
        let now = WallClock.secondsSince1970
        var report = HostCertificates.Report(
            end: certificates.map(\.notAfter).min() ?? 0, findings: findings)
        let isMadeHere = report.isMadeHere
        for certificate in certificates {
            let found = CertificateDoctor.findings(
                certificate, names: names, expireDays: expireDays, now: now)
            for finding in found where !report.findings.contains(finding) {
                // That it was made here says as much, and it is renewed by itself.
                if isMadeHere {
                    guard case .ended = finding else { continue }
                }
                report.findings.append(finding)
            }
        }
        return report
    }
}
