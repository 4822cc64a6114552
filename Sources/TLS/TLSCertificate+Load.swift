internal import COpenSSL
internal import Glibc

extension TLSCertificate {
    /// Reads and checks a certificate, its key and its chain from PEM files or texts.
    ///
    /// - Parameters:
    ///   - source: The host's own certificate and any of its chain.
    ///   - key: The file of the private key; nil when the first file holds it too.
    ///   - intermediates: A file with more certificates of the chain.
    ///   - password: What opens an encrypted key; OpenSSL never asks the terminal.
    ///   - context: The policy the certificate must satisfy.
    /// - Returns: A certificate that may be used at once.
    /// - Throws: One sentence that names the file; its code is `missing` when there is no such
    ///   file.
    package static func load(
        certificate source: PEMSource, key: PEMSource? = nil, intermediates: PEMSource? = nil,
        password: String? = nil, context: TLSContext
    ) throws(TLSError) -> TLSCertificate {
        let file = try PEMFile("certificate", source)
        guard let list = unsafe copenssl_certificates_new() else { throw .fromQueue() }
        defer { unsafe copenssl_certificates_free(list) }
        try unsafe file.appendCertificates(to: list)

        let keyFile = if let key { try PEMFile("key", key) } else { file }
        let privateKey = try unsafe keyFile.privateKey(password: password)
        defer { unsafe EVP_PKEY_free(privateKey) }
        guard let leaf = unsafe takeLeaf(from: list, matching: privateKey) else {
            let place = keyFile === file ? "" : " in \(source.name)"
            throw keyFile.fault(
                "holds a private key that does not match the certificate\(place)", "key-mismatch")
        }
        defer { unsafe X509_free(leaf) }

        if let intermediates {
            try unsafe PEMFile("intermediates", intermediates).appendCertificates(to: list)
        }
        let certificate = unsafe TLSCertificate(leaf: leaf, key: privateKey, chain: list)
        try certificate.checkDates(file)
        try certificate.checkStrength(file, context)
        return certificate
    }

    /// The same for files.
    package static func load(
        certificate path: String, key: String? = nil, intermediates: String? = nil,
        password: String? = nil, context: TLSContext
    ) throws(TLSError) -> TLSCertificate {
        try load(
            certificate: .file(path), key: key.map { .file($0) },
            intermediates: intermediates.map { .file($0) }, password: password, context: context)
    }

    /// Removes the first certificate of this key, which need not be the file's first.
    private static func takeLeaf(
        from list: OpaquePointer, matching key: OpaquePointer
    ) -> OpaquePointer? {
        defer { TLSError.discardQueue() }
        let count = unsafe copenssl_certificates_count(list)
        for index in 0..<count {
            let certificate = unsafe copenssl_certificates_at(list, index)
            if unsafe X509_check_private_key(certificate, key) == 1 {
                return unsafe copenssl_certificates_remove(list, index)
            }
        }
        return nil
    }

    private func checkDates(_ file: PEMFile) throws(TLSError) {
        let now = Glibc.time(nil)
        guard notBefore <= now else {
            throw file.fault(
                "holds a certificate that is not valid before \(validity.from)", "not-yet-valid")
        }
        guard now <= notAfter else {
            throw file.fault("holds a certificate that expired on \(validity.to)", "expired")
        }
    }

    /// Lets OpenSSL check leaf and chain against the security level of the policy.
    private func checkStrength(_ file: PEMFile, _ context: TLSContext) throws(TLSError) {
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
                "holds a key too small for \(level): \(keyDescription)", "key-too-small")
        case SSL_R_CA_KEY_TOO_SMALL:
            throw file.fault("has a chain with a key too small for \(level)", "key-too-small")
        case SSL_R_CA_MD_TOO_WEAK:
            throw file.fault("has a signature too weak for \(level)", "weak-signature")
        default:
            throw file.fault("cannot be used: \(report)", "unusable")
        }
    }
}
