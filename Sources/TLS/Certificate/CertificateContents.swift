internal import COpenSSL

/// The certificates and the private key of one file, in any format.
///
/// PEM blocks of any kind in any order; or DER: certificates, a key, PKCS#7 or PKCS#12.
@safe final class CertificateContents {
    let file: SecretFile
    /// The certificates in the order of the file; a `STACK_OF(X509)`.
    let certificates: OpaquePointer
    private(set) var key: OpaquePointer?
    /// Why there is no key; reported only by ``requireKey()``.
    private var keyFault: TLSError?
    /// Whether the file was encrypted with an algorithm that OpenSSL has retired.
    private(set) var isOutdated = false
    /// The retired cipher, when only the key was encrypted with one.
    private(set) var retiredCipher: String?

    /// Parses a file.
    ///
    /// - Throws: that the file is damaged; missing parts are reported by the methods below.
    init(_ file: SecretFile, _ password: KeyPassword) throws(TLSError) {
        self.file = file
        guard let list = unsafe copenssl_certificates_new() else { throw .fromQueue() }
        unsafe certificates = list
        TLSError.discardQueue()
        defer { ERR_clear_error() }
        if file.isPEM {
            try readPEM(password)
        } else {
            try readDER(password)
        }
    }

    deinit {
        unsafe copenssl_certificates_free(certificates)
        unsafe EVP_PKEY_free(key)
    }

    /// Throws when there is no certificate.
    func requireCertificates() throws(TLSError) {
        guard unsafe copenssl_certificates_count(certificates) > 0 else {
            throw file.fault("contains no certificate", "no-certificate")
        }
    }

    /// The key, owned by these contents.
    func requireKey() throws(TLSError) -> OpaquePointer {
        if let key = unsafe key { return unsafe key }
        throw keyFault ?? file.fault("contains no private key", "no-key")
    }

    private func readPEM(_ password: KeyPassword) throws(TLSError) {
        var hasDifficultKey = false
        var encryption: KeyEncryption?
        let damage = PEMBlock.forEach(in: file) { block in
            switch block.label {
            case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE":
                return unsafe appendCertificate(block.bytes, isTrusted: block.label.hasPrefix("T"))
            case "PKCS7", "CMS":
                return unsafe appendCertificates(ofPKCS7: block.bytes)
            case let label where label.hasSuffix("PRIVATE KEY"):
                guard unsafe key == nil, !hasDifficultKey else { return true }
                unsafe key = block.header.isEmpty ? PlainKey.decode(label, block.bytes) : nil
                hasDifficultKey = unsafe key == nil
                if hasDifficultKey { encryption = block.encryption }
                return true
            default:
                return true
            }
        }
        if let damage {
            throw file.fault("contains a damaged certificate: \(damage)", "no-certificate")
        }
        guard hasDifficultKey else { return }
        unsafe readDifficultKey(encryption, password) { bio in
            unsafe PEM_read_bio_PrivateKey(bio, nil, answerPasswordRequest, password.request)
        }
    }

    /// Decodes an encrypted or rare key with OpenSSL, or with the legacy library when the cipher is retired.
    private func readDifficultKey(
        _ encryption: KeyEncryption?, _ password: KeyPassword,
        _ read: (OpaquePointer?) -> OpaquePointer?
    ) {
        guard let encryption, !encryption.isKnown(to: nil) else {
            unsafe file.withBIO { bio in
                unsafe key = read(bio)
            }
            return explainMissingKey(password)
        }
        guard password.isSet else {
            keyFault = passwordNeeded
            return
        }
        let remedy =
            "convert it where it can be opened, with openssl pkcs8 -topk8 -in \(file.path ?? "FILE")"
        guard let library = LegacyLibrary.shared, encryption.isKnown(to: library)
        else {
            keyFault = file.fault(
                "contains a private key that is encrypted with \(encryption.name), which OpenSSL has"
                    + " retired and does not have here: \(remedy)", "retired-cipher")
            return
        }
        var foreign: OpaquePointer?
        library.use {
            unsafe file.withBIO { bio in
                unsafe foreign = read(bio)
            }
        }
        defer { unsafe EVP_PKEY_free(foreign) }
        unsafe key = copenssl_key_copy(foreign)
        explainMissingKey(password)
        if unsafe key != nil { retiredCipher = encryption.name }
    }

    private var passwordNeeded: TLSError {
        file.fault(
            "contains an encrypted private key: set SslPassword",
            "password-needed")
    }

    private func explainMissingKey(_ password: KeyPassword) {
        guard unsafe key == nil else { return }
        keyFault =
            if !password.wasAsked {
                file.fault("contains a private key that cannot be read", "no-key")
            } else if password.isSet {
                file.fault(
                    "contains a private key that the password does not open\(password.quotesHint)",
                    "password-wrong")
            } else {
                passwordNeeded
            }
    }

    private func readDER(_ password: KeyPassword) throws(TLSError) {
        let isKnown = try unsafe file.withBytes { (bytes) throws(TLSError) -> Bool in
            // All of these are a SEQUENCE (X.690, 8.9).
            guard unsafe bytes.first == 0x30 else { return false }
            if unsafe appendCertificate(bytes, isTrusted: false) { return true }
            if unsafe appendCertificates(ofPKCS7: bytes) { return true }
            if let container = unsafe PKCS12Container(bytes) {
                try read(container, password)
                return true
            }
            return false
        }
        if isKnown { return }
        unsafe file.withBIO { bio in
            unsafe key = d2i_PrivateKey_bio(bio, nil)
        }
        if unsafe key != nil { return }
        let encryption = unsafe file.withBytes { unsafe KeyEncryption($0) }
        unsafe readDifficultKey(encryption, password) { bio in
            unsafe d2i_PKCS8PrivateKey_bio(bio, nil, answerPasswordRequest, password.request)
        }
        guard unsafe key != nil || encryption != nil || password.wasAsked else {
            throw file.isUTF16
                ? file.utf16Fault
                : file.fault(
                    "has an unknown format: expected PEM, DER, PKCS#7 or PKCS#12",
                    "no-certificate")
        }
    }

    private func read(_ container: PKCS12Container, _ password: KeyPassword) throws(TLSError) {
        isOutdated = container.isOutdated
        do throws(TLSError) {
            unsafe key = try container.open(password, addingTo: certificates)
        } catch {
            throw file.fault(error.message, error.code)
        }
    }

    private func appendCertificate(
        _ bytes: UnsafeBufferPointer<UInt8>, isTrusted: Bool
    ) -> Bool {
        var position = bytes.baseAddress
        let certificate =
            unsafe isTrusted
            ? d2i_X509_AUX(nil, &position, bytes.count)
            : SharedCertificates.all.find(bytes) ?? d2i_X509(nil, &position, bytes.count)
        guard let certificate = unsafe certificate else { return false }
        return unsafe copenssl_certificates_push(certificates, certificate) > 0
    }

    private func appendCertificates(ofPKCS7 bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var position = bytes.baseAddress
        guard let signed = unsafe d2i_PKCS7(nil, &position, bytes.count) else { return false }
        defer { unsafe PKCS7_free(signed) }
        return unsafe copenssl_pkcs7_certificates(signed, certificates) == 1
    }
}
