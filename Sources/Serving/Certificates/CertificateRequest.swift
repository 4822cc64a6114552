package import Configuration
internal import HandlerAPI
internal import Platform
internal import TLS

/// The certificate settings of a host, and their places in the configuration.
package struct CertificateRequest: Sendable {
    /// The files to read, one element for each type of key; empty when the host names none.
    let files: [CertificateFiles]
    /// The policy that the certificates must satisfy.
    let context: TLSContext
    /// `Hosts`.
    let names: [String]
    /// `CertExpireDays`.
    let expireDays: Int
    /// The substitute when the files are missing.
    let substitute: SubstituteCertificate
    /// The place of errors that concern no other key.
    package let location: SourceLocation
    /// The first value of `SslKey`; nil when the certificates include the keys.
    let keyLocation: SourceLocation?
    /// `SslInter`; nil where it is not set.
    let intermediatesLocation: SourceLocation?
    /// `SslPassword`; nil where it is not set.
    let passwordLocation: SourceLocation?
    /// The second value of `SslCert`; nil when there is none.
    let secondLocation: SourceLocation?

    /// The code of an error about a second certificate with the same type of key.
    private static let sameKind = "same-kind"

    /// Usable certificates.
    struct Loaded {
        var certificates: [TLSCertificate]
        /// The problems of their files.
        var findings: [CertificateFinding]
        /// The stamp of the files before they were read.
        var stamp = 0

        /// Whether the server created them.
        var isMadeHere: Bool { findings.contains(where: \.isMadeHere) }

        /// Whether clients refuse one of them because it has expired.
        var hasEnded: Bool {
            let now = WallClock.secondsSince1970
            return certificates.contains { $0.notAfter < now }
        }

        /// Whether both send the same certificates.
        func isSame(as other: Loaded) -> Bool {
            certificates.count == other.certificates.count
                && zip(certificates, other.certificates).allSatisfy { $0.isSame(as: $1) }
        }
    }

    /// Every file, to be watched for changes.
    var paths: [String] { files.flatMap(\.paths) }

    /// A number that changes when a file does.
    var stamp: Int {
        var hasher = Hasher()
        for path in paths { hasher.combine(FileStamp(of: path)) }
        return hasher.finalize()
    }

    /// The place of the value that an error is about.
    func place(of error: TLSError) -> SourceLocation {
        if error.isAboutKey { return keyLocation ?? location }
        switch error.role {
        case "intermediates": return intermediatesLocation ?? location
        case "password": return passwordLocation ?? location
        default: break
        }
        return error.code == CertificateRequest.sameKind ? secondLocation ?? location : location
    }

    /// Reads the certificates, or gets the substitute when files are missing.
    ///
    /// - Parameter maySubstitute: whether the substitute is allowed.
    /// - Returns: usable certificates.
    /// - Throws: one sentence that names the unusable file.
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

    /// The reason why there is nothing to read, nil when there are files.
    private var absence: String? {
        guard !files.isEmpty else { return "SslCert is not set" }
        let missing = files.compactMap(\.certificate.path).first { !FilePresence.exists($0) }
        return missing.map { "there is no \($0)" }
    }

    /// Reports on usable certificates.
    func report(on loaded: Loaded) -> HostCertificates.Report {
        let now = WallClock.secondsSince1970
        var report = HostCertificates.Report(
            end: loaded.certificates.map(\.notAfter).min() ?? 0,
            firstEnd: loaded.certificates.map(\.firstEnd).min() ?? 0, findings: loaded.findings)
        for certificate in loaded.certificates {
            let found = CertificateDoctor.findings(
                certificate, names: names, expireDays: expireDays, now: now)
            for finding in found where !report.findings.contains(finding) {
                // The finding that the server created it implies this, and it is renewed automatically.
                if loaded.isMadeHere {
                    guard case .ended = finding else { continue }
                }
                report.findings.append(finding)
            }
        }
        return report
    }
}
