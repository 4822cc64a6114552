internal import COpenSSL

/// A PKCS#12 file (RFC 7292): a key and its certificates under one password.
@safe struct PKCS12Container {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// Whether a part of it is encrypted with RC2, RC4 or 3DES, as OpenSSL before 3.0 did.
    let isOutdated: Bool

    /// Nil when the bytes are not PKCS#12; they must outlive the container.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        var position = bytes.baseAddress
        guard let parsed = unsafe d2i_PKCS12(nil, &position, bytes.count) else { return nil }
        defer { unsafe PKCS12_free(parsed) }
        unsafe self.bytes = bytes
        unsafe isOutdated = copenssl_pkcs12_is_outdated(parsed) == 1
    }

    /// Decrypts it.
    ///
    /// - Parameters:
    ///   - password: the password.
    ///   - list: receives the certificates.
    /// - Returns: the key, owned by the caller; nil when there is none.
    /// - Throws: the message, without the name of the file.
    func open(
        _ password: KeyPassword, addingTo list: OpaquePointer
    ) throws(TLSError) -> OpaquePointer? {
        var library: OpaquePointer?
        if isOutdated {
            guard let legacy = LegacyLibrary.shared else {
                throw TLSError(
                    "is encrypted with RC2, RC4 or 3DES, and OpenSSL's legacy provider is not"
                        + " installed: export it again with openssl pkcs12 -export",
                    code: "unusable"
                )
            }
            unsafe library = legacy.pointer
        }
        TLSError.discardQueue()
        // For this thread only: libcrypto does not pass a library context down to every part.
        let usual = unsafe library.map { unsafe OSSL_LIB_CTX_set0_default($0) }
        defer { if let usual = unsafe usual { _ = unsafe OSSL_LIB_CTX_set0_default(usual) } }
        var parsed = unsafe PKCS12_init_ex(NID_pkcs7_data, library, nil)
        defer { unsafe PKCS12_free(parsed) }
        var position = unsafe bytes.baseAddress
        guard unsafe d2i_PKCS12(&parsed, &position, bytes.count) != nil else {
            throw TLSError("contains a damaged PKCS#12 container", code: "no-certificate")
        }
        let hasMAC = unsafe PKCS12_mac_present(parsed) == 1
        if !hasMAC, password.isSet {
            // libcrypto opens no container without a MAC. One of our own proves nothing, but decryption still
            // checks the password.
            _ = unsafe password.withCString {
                unsafe PKCS12_set_mac(parsed, $0, -1, nil, 0, 0, EVP_sha256())
            }
        }
        var key: OpaquePointer?
        var leaf: OpaquePointer?
        var others: OpaquePointer?
        let status = unsafe password.withCString {
            unsafe PKCS12_parse(parsed, $0, &key, &leaf, &others)
        }
        defer {
            unsafe X509_free(leaf)
            unsafe copenssl_certificates_free(others)
        }
        guard status == 1 else {
            let reason = ERR_GET_REASON(ERR_peek_error())
            let report = TLSError.fromQueue().message
            guard reason != PKCS12_R_MAC_VERIFY_FAILURE, hasMAC else {
                throw password.isSet
                    ? TLSError(
                        "is not opened by the password\(password.quotesHint)",
                        code: "password-wrong")
                    : TLSError("needs a password: set SslPassword", code: "password-needed")
            }
            throw TLSError("cannot be opened: \(report)", code: "unusable")
        }
        // Objects of another library context cannot be mixed with ours.
        guard unsafe library != nil else {
            unsafe copenssl_certificates_move(leaf, others, list)
            return unsafe key
        }
        if let usual = unsafe usual { _ = unsafe OSSL_LIB_CTX_set0_default(usual) }
        defer { unsafe EVP_PKEY_free(key) }
        unsafe copenssl_certificates_copy(leaf, others, list)
        return unsafe copenssl_key_copy(key)
    }
}
