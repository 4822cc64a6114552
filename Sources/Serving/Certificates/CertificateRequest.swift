package import Configuration
internal import HandlerAPI
internal import Platform
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
    /// Where to look for what is wrong.
    package let location: SourceLocation
    /// The first value of `SslKey`; nil where the certificates have the keys.
    let keyLocation: SourceLocation?
    /// `SslInter`; nil where it is not set.
    let intermediatesLocation: SourceLocation?
    /// `SslPassword`; nil where it is not set.
    let passwordLocation: SourceLocation?
    /// The second value of `SslCert`; nil where there is none.
    let secondLocation: SourceLocation?

    /// The code of an error about a second certificate of one kind.
    private static let sameKind = "same-kind"

    /// Certificates that can be used.
    struct Loaded {
        var certificates: [TLSCertificate]
        /// What is odd about their files.
        var findings: [CertificateFinding]
        /// What the files looked like before they were read.
        var stamp = 0

        /// Whether they were made here.
        var isMadeHere: Bool { findings.contains(where: \.isMadeHere) }

        /// Whether clients refuse one of them, since it has ended.
        var hasEnded: Bool {
            let now = WallClock.secondsSince1970
            return certificates.contains { $0.notAfter < now }
        }

        /// Whether both show the same to clients.
        func isSame(as other: Loaded) -> Bool {
            certificates.count == other.certificates.count
                && zip(certificates, other.certificates).allSatisfy { $0.isSame(as: $1) }
        }
    }

    /// Every file among them: what has to be watched for a change.
    var paths: [String] { files.flatMap(\.paths) }

    /// A number that changes when one of the files does.
    var stamp: Int {
        var hasher = Hasher()
        for path in paths { hasher.combine(FileStamp(of: path)) }
        return hasher.finalize()
    }

    /// Where the value is that an error is about.
    func place(of error: TLSError) -> SourceLocation {
        if error.isAboutKey { return keyLocation ?? location }
        switch error.role {
        case "intermediates": return intermediatesLocation ?? location
        case "password": return passwordLocation ?? location
        default: break
        }
        return error.code == CertificateRequest.sameKind ? secondLocation ?? location : location
    }

    /// Reads the certificates, or gets the substitute for those that are missing.
    ///
    /// - Parameter maySubstitute: whether missing files are no mistake.
    /// - Returns: certificates that can be used.
    /// - Throws: one sentence that names the file that is no good.
    func load(maySubstitute: Bool = true) throws(TLSError) -> Loaded {
        let stamp = stamp
        if maySubstitute, let absence {
            var loaded = try substitute.get(because: absence, context: context)
            loaded.stamp = stamp
            return loaded
        }
        var loaded = Loaded(certificates: [], findings: [], stamp: stamp)
        for one in files {
            let (certificate, findings) = try TLSCertificate.load(one, context: context)
            if loaded.certificates.contains(where: { $0.keyKind == certificate.keyKind }) {
                throw TLSError(
                    "certificate file \(one.certificate.name) is a second one with a key of type"
                        + " \(certificate.keyKind): a host has one of each kind, such as EC and RSA",
                    code: CertificateRequest.sameKind)
            }
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
    func report(on loaded: Loaded) -> HostCertificates.Report {
        let now = WallClock.secondsSince1970
        var report = HostCertificates.Report(
            end: loaded.certificates.map(\.notAfter).min() ?? 0,
            firstEnd: loaded.certificates.map(\.firstEnd).min() ?? 0, findings: loaded.findings)
        for certificate in loaded.certificates {
            let found = CertificateDoctor.findings(
                certificate, names: names, expireDays: expireDays, now: now)
            for finding in found where !report.findings.contains(finding) {
                // That it was made here says as much, and it is renewed by itself.
                if loaded.isMadeHere {
                    guard case .ended = finding else { continue }
                }
                report.findings.append(finding)
            }
        }
        return report
    }
}
