internal import COpenSSL
internal import Glibc

extension TLSCertificate {
    /// Reads and checks a certificate, its key and its chain.
    ///
    /// - Parameters:
    ///   - files: the sources.
    ///   - context: the policy that the certificate must satisfy.
    /// - Returns: a usable certificate, and the problems of its files.
    /// - Throws: one sentence that names the file; the code is `missing` when the file does not exist.
    package static func load(
        _ files: CertificateFiles, context: TLSContext
    ) throws(TLSError) -> (certificate: TLSCertificate, findings: [CertificateFinding]) {
        TLSLibrary.start
        let password = try KeyPassword(files.password)
        let file = try SecretFile("certificate", files.certificate)
        let own = try CertificateContents(file, password)
        try own.requireCertificates()
        let keyFile = try files.key.map { (source) throws(TLSError) in
            try CertificateContents(SecretFile("key", source), password)
        }
        // As in ICS, a bundle may have the key even when another file is named.
        let holder = keyFile ?? own
        let key = try unsafe holder.requireKey()
        let list = unsafe own.certificates
        let isFirst = unsafe matches(copenssl_certificates_at(list, 0), key)
        guard let leaf = unsafe takeLeaf(from: list, matching: key) else {
            let place = holder === own ? "" : " in \(files.certificate.name)"
            throw holder.file.fault(
                "contains a private key that does not match the certificate\(place)", "key-mismatch"
            )
        }
        defer { unsafe X509_free(leaf) }
        if let intermediates = files.intermediates {
            let more = try CertificateContents(
                SecretFile("intermediates", intermediates), password)
            try more.requireCertificates()
            unsafe copenssl_certificates_move(nil, more.certificates, list)
        }
        let certificate: TLSCertificate
        let chain: CertificateChain
        do throws(TLSError) {
            try unsafe checkDates(leaf)
            chain = try unsafe CertificateChain(from: leaf, among: list)
            unsafe SharedCertificates.all.add(chain.pointer)
            certificate = unsafe TLSCertificate(leaf: leaf, key: key, chain)
        } catch {
            throw file.fault(error.message, error.code)
        }
        try certificate.checkStrength(file, context)
        var findings = chain.findings
        // A container has no order.
        if file.isPEM, !isFirst || chain.isReordered { findings.append(.wrongOrder) }
        if own.isOutdated { findings.append(.outdatedContainer(file.path ?? "")) }
        if let cipher = holder.retiredCipher {
            findings.append(.outdatedKey(holder.file.path ?? "SslKey", cipher: cipher))
        }
        if let path = holder.file.path, holder.file.isReadableByOthers {
            findings.append(.keyReadableByOthers(path))
        }
        return (certificate, findings)
    }

    /// Reads a certificate from one file, or from a file and its key.
    package static func load(
        certificate path: String, key: String? = nil, context: TLSContext
    ) throws(TLSError) -> TLSCertificate {
        try load(
            CertificateFiles(certificate: .file(path), key: key.map { .file($0) }),
            context: context
        ).certificate
    }

    private static func matches(_ certificate: OpaquePointer?, _ key: OpaquePointer) -> Bool {
        guard let certificate = unsafe certificate else { return false }
        return unsafe X509_check_private_key(certificate, key) == 1
    }

    /// Removes the first certificate of this key, which need not be the first of the file.
    private static func takeLeaf(
        from list: OpaquePointer, matching key: OpaquePointer
    ) -> OpaquePointer? {
        defer { TLSError.discardQueue() }
        let count = unsafe copenssl_certificates_count(list)
        for index in 0..<count where unsafe matches(copenssl_certificates_at(list, index), key) {
            return unsafe copenssl_certificates_remove(list, index)
        }
        return nil
    }

    /// Throws unless the certificate is valid now.
    private static func checkDates(_ leaf: OpaquePointer) throws(TLSError) {
        let now = Glibc.time(nil)
        let from = unsafe CertificateTime.seconds(X509_get0_notBefore(leaf))
        let until = unsafe CertificateTime.seconds(X509_get0_notAfter(leaf))
        guard from <= now else {
            throw TLSError(
                "contains a certificate that is not valid before \(CertificateTime.text(from))",
                code: "not-yet-valid")
        }
        guard now <= until else {
            throw TLSError(
                "contains a certificate that expired on \(CertificateTime.text(until))",
                code: "expired")
        }
    }

    /// Checks leaf and chain against the security level of the policy, with OpenSSL.
    private func checkStrength(_ file: SecretFile, _ context: TLSContext) throws(TLSError) {
        TLSError.discardQueue()
        guard let trial = unsafe SSL_new(context.pointer) else { throw .fromQueue() }
        defer { unsafe SSL_free(trial) }
        guard unsafe !use(in: trial) else { return }
        let level = "security level \(context.policy.securityLevel)"
        let reason = ERR_GET_REASON(ERR_peek_error())
        let report = TLSError.fromQueue().message
        switch reason {
        case SSL_R_EE_KEY_TOO_SMALL:
            throw file.fault(
                "contains a key too small for \(level): \(keyDescription)", "key-too-small")
        case SSL_R_CA_KEY_TOO_SMALL:
            throw file.fault("has a chain with a key too small for \(level)", "key-too-small")
        case SSL_R_CA_MD_TOO_WEAK:
            throw file.fault("has a signature too weak for \(level)", "weak-signature")
        default:
            throw file.fault("cannot be used: \(report)", "unusable")
        }
    }
}
