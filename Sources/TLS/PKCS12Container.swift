internal import COpenSSL

/// A PKCS#12 file (RFC 7292): a key and its certificates under one password.
@safe struct PKCS12Container {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// Whether a part of it is encrypted with RC2, RC4 or 3DES, as by OpenSSL before 3.0.
    let isOutdated: Bool

    /// Nil when the bytes are something else; they must outlive the container.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        var position = bytes.baseAddress
        guard let parsed = unsafe d2i_PKCS12(nil, &position, bytes.count) else { return nil }
        defer { unsafe PKCS12_free(parsed) }
        unsafe self.bytes = bytes
        unsafe isOutdated = copenssl_pkcs12_is_outdated(parsed) == 1
    }

    /// Opens it.
    ///
    /// - Parameters:
    ///   - password: what opens it.
    ///   - list: gets the certificates.
    /// - Returns: the key, which the caller owns; nil when there is none.
    /// - Throws: what follows the name of the file in a message.
    func open(
        _ password: KeyPassword, addingTo list: OpaquePointer
    ) throws(TLSError) -> OpaquePointer? {
        let library = try unsafe isOutdated ? LegacyLibrary.shared.get().pointer : nil
        TLSError.discardQueue()
        var parsed = unsafe PKCS12_init_ex(NID_pkcs7_data, library, nil)
        defer { unsafe PKCS12_free(parsed) }
        var position = unsafe bytes.baseAddress
        guard unsafe d2i_PKCS12(&parsed, &position, bytes.count) != nil else {
            throw TLSError("holds a damaged PKCS#12 container", code: "no-certificate")
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
            guard reason != PKCS12_R_MAC_VERIFY_FAILURE else {
                throw password.isSet
                    ? TLSError("is not opened by the password", code: "password-wrong")
                    : TLSError("needs a password: set SslPassword", code: "password-needed")
            }
            throw TLSError("cannot be opened: \(report)", code: "unusable")
        }
        // Objects of another library context do not mix with ours.
        guard unsafe library != nil else {
            unsafe copenssl_certificates_move(leaf, others, list)
            return unsafe key
        }
        defer { unsafe EVP_PKEY_free(key) }
        unsafe copenssl_certificates_copy(leaf, others, list)
        return unsafe copenssl_key_copy(key)
    }
}

/// A libcrypto of its own with the ciphers that OpenSSL 3 has retired (OSSL_PROVIDER-legacy(7)), so
/// that they are out of reach for everything else.
@safe private final class LegacyLibrary: Sendable {
    // Shared by threads: not changed after init.
    nonisolated(unsafe) let pointer: OpaquePointer

    static let shared = Result { () throws(TLSError) in try LegacyLibrary() }

    private init() throws(TLSError) {
        guard let library = unsafe OSSL_LIB_CTX_new() else { throw .fromQueue() }
        guard unsafe OSSL_PROVIDER_load(library, "default") != nil,
            unsafe OSSL_PROVIDER_load(library, "legacy") != nil
        else {
            unsafe OSSL_LIB_CTX_free(library)
            TLSError.discardQueue()
            throw TLSError(
                "is encrypted with RC2, RC4 or 3DES, and OpenSSL's legacy provider is not installed:"
                    + " export it anew with openssl pkcs12 -export", code: "unusable")
        }
        unsafe pointer = library
    }
}
