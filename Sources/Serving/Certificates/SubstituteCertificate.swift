internal import Configuration
internal import HandlerAPI
internal import NetworkTypes
internal import Platform
internal import TLS

/// The certificate that is made here for a host whose own is missing, kept in `StateDirectory`.
struct SubstituteCertificate: Sendable {
    /// What it is for.
    let names: [String]
    /// Its files, without their suffix.
    private let stem: String
    private let purpose: HostPreparation.Purpose

    /// The code of the error about one that `run` would make: a host serves with it, so a warning.
    static let absent = "absent"
    /// A kept certificate is used until so many seconds before its end, then made anew.
    static let renewalTime = 10 * 86_400

    /// Names the files of a host.
    ///
    /// - Parameters:
    ///   - host: whose names it is for.
    ///   - directory: `StateDirectory`.
    ///   - purpose: whether one is made that is not there.
    init(for host: HostSettings, in directory: String, _ purpose: HostPreparation.Purpose) {
        stem = "\(directory)/certificates/\(host.section.lowercased())"
        self.purpose = purpose
        let names = host.names.map(\.value)
        guard names.contains("*") else {
            self.names = names
            return
        }
        // Those by which the host's clients may reach this machine.
        let addresses = host.addresses.compactMap(\.value.ip).filter { !$0.isWildcard }
        let more = [FilePresence.machineName, "localhost"] + addresses.map(\.description)
        self.names =
            names.filter { $0 != "*" } + more.filter { !$0.isEmpty && !names.contains($0) }
    }

    private var path: String { "\(stem).pem" }
    private var keyPath: String { "\(stem).key" }

    /// Takes what was made before, unless the names have changed or it ends soon, or makes one.
    ///
    /// - Parameters:
    ///   - absence: why the host has none of its own.
    ///   - context: the policy it must satisfy.
    /// - Returns: the certificate, and that it was made here.
    /// - Throws: that one cannot be made for this policy or these names.
    func get(
        because absence: String, context: TLSContext
    ) throws(TLSError) -> CertificateRequest.Loaded {
        // The P-256 keys that are made here have 128 bits of security: level 3.
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
        if let writer = ForeignWriter.find(onWayTo: path, includesFile: true) {
            // What is kept there may be somebody's who knows the key.
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
            // The disk may be full or read-only: the clients get it all the same.
            return CertificateRequest.Loaded(
                certificates: [try unkept(texts, context)],
                findings: [finding, .notKept(error.message)])
        }
    }

    /// A certificate that is in no file.
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
        // Whatever is wrong with it, a new one is right.
        guard let kept = try? load(context) else { return nil }
        let rest = kept.notAfter - WallClock.secondsSince1970
        return rest > Self.renewalTime && Set(kept.names) == Set(names) ? kept : nil
    }

    private func load(_ context: TLSContext) throws(TLSError) -> TLSCertificate {
        try TLSCertificate.load(certificate: path, key: keyPath, context: context)
    }
}
