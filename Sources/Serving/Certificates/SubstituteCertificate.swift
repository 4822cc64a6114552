internal import Configuration
internal import HandlerAPI
internal import NetworkTypes
internal import Platform
internal import TLS

/// The certificate that the server creates for a host whose own is missing, kept in `StateDirectory`.
struct SubstituteCertificate: Sendable {
    /// The names that it covers.
    let names: [String]
    /// The path of its files, without suffix; nil to keep it in memory.
    private let stem: String?
    private let purpose: HostPreparation.Purpose

    /// The code for a certificate that only `run` would create: the host serves with it, so it is a warning.
    static let absent = "absent"
    /// A kept certificate is renewed this many seconds before it expires.
    static let renewalTime = 10 * 86_400

    /// Determines the paths for a host.
    ///
    /// - Parameters:
    ///   - host: the host whose names it covers.
    ///   - directory: `StateDirectory`; nil to keep it in memory.
    ///   - purpose: whether a missing certificate is created.
    init(for host: HostSettings, in directory: String?, _ purpose: HostPreparation.Purpose) {
        stem = directory.map { "\($0)/certificates/\(host.id.folded)" }
        self.purpose = purpose
        let names = host.names.map(\.value)
        guard names.contains("*") else {
            self.names = names
            return
        }
        // The addresses that the host's clients may connect to.
        let addresses = host.addresses.compactMap(\.value.ip).filter { !$0.isWildcard }
        let more = [FilePresence.machineName, "localhost"] + addresses.map(\.description)
        self.names =
            names.filter { $0 != "*" } + more.filter { !$0.isEmpty && !names.contains($0) }
    }

    private var path: String { stem.map { "\($0).pem" } ?? "memory" }
    private var keyPath: String { stem.map { "\($0).key" } ?? "memory" }

    /// Loads the kept certificate, or creates one if there is none, the names have changed or it expires
    /// soon.
    ///
    /// - Parameters:
    ///   - absence: why the host has none of its own.
    ///   - context: the policy that it must satisfy.
    /// - Returns: the certificate, with the finding that the server created it.
    /// - Throws: why none can be created for this policy or these names.
    func get(
        because absence: String, context: TLSContext
    ) throws(TLSError) -> CertificateRequest.Loaded {
        // The P-256 keys of created certificates have 128 bits of security: level 3.
        guard context.policy.securityLevel <= 3 else {
            throw TLSError(
                "\(absence), and a self-signed one would be too weak for SslSecLevel: set SslCert")
        }
        guard purpose == .serve else {
            try LocalCertificate.check(names)
            throw TLSError(
                "\(absence): clients would get a self-signed certificate that run creates, \(path), which "
                    + "they refuse unless they trust it; set SslCert",
                code: Self.absent)
        }
        let finding = CertificateFinding.madeHere(because: absence, path: path)
        guard stem != nil else {
            return CertificateRequest.Loaded(
                certificates: [try unkept(LocalCertificate.texts(for: names), context)],
                findings: [finding])
        }
        if let writer = ForeignWriter.find(onWayTo: path, includesFile: true) {
            // Another user may have put a file there, and would know its key.
            return CertificateRequest.Loaded(
                certificates: [try unkept(LocalCertificate.texts(for: names), context)],
                findings: [finding, .notKept("other users could replace \(path): \(writer)")])
        }
        if let kept = kept(context) {
            return CertificateRequest.Loaded(certificates: [kept], findings: [finding])
        }
        let texts = try LocalCertificate.texts(for: names)
        do throws(TLSError) {
            try texts.write(certificate: path, key: keyPath, replacing: true)
            return CertificateRequest.Loaded(
                certificates: [try load(context)], findings: [finding])
        } catch {
            // The disk may be full or read-only: clients get the certificate even so.
            return CertificateRequest.Loaded(
                certificates: [try unkept(texts, context)],
                findings: [finding, .notKept(error.message)])
        }
    }

    /// A certificate that is not saved.
    private func unkept(
        _ texts: LocalCertificate.Texts, _ context: TLSContext
    ) throws(TLSError) -> TLSCertificate {
        let files = CertificateFiles(
            certificate: .text(texts.certificate, key: "memory"),
            key: .text(texts.key, key: "memory"))
        return try TLSCertificate.load(files, context: context).certificate
    }

    private func kept(_ context: TLSContext) -> TLSCertificate? {
        guard FilePresence.exists(path) else { return nil }
        // Whatever the problem is, a new certificate solves it.
        guard let kept = try? load(context) else { return nil }
        let rest = kept.notAfter - WallClock.secondsSince1970
        return rest > Self.renewalTime && Set(kept.names) == Set(names) ? kept : nil
    }

    private func load(_ context: TLSContext) throws(TLSError) -> TLSCertificate {
        try TLSCertificate.load(certificate: path, key: keyPath, context: context)
    }
}
