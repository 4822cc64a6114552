internal import COpenSSL

/// The encryption of a private key.
@safe struct KeyEncryption {
    /// The name in OpenSSL, such as `DES-CBC` or `PBE-MD5-DES`.
    let name: String
    /// The underlying cipher.
    private let cipher: String

    /// Parses the headers of a key in the traditional format (RFC 1421, 4.6.1.3): `DEK-Info: DES-CBC,…`.
    init?(header: String) {
        guard
            let line = header.split(whereSeparator: \.isNewline).first(where: {
                $0.hasPrefix("DEK-Info:")
            })
        else { return nil }
        let word = line.dropFirst("DEK-Info:".utf8.count).prefix { $0 != "," }
        name = word.filter { $0 != " " }
        cipher = name
    }

    /// Parses an EncryptedPrivateKeyInfo (RFC 5208).
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        var kind: CInt = 0
        var cipher: CInt = 0
        let isKnown = unsafe copenssl_key_encryption(
            bytes.baseAddress, bytes.count, &kind, &cipher)
        TLSError.discardQueue()
        guard isKnown == 1 else { return nil }
        name = Self.name(kind)
        self.cipher = Self.name(cipher)
    }

    private static func name(_ number: CInt) -> String {
        unsafe OBJ_nid2sn(number).map { unsafe String(cString: $0) } ?? "an unknown cipher"
    }

    /// Whether a library supports the cipher; nil means the library of the program.
    func isKnown(to library: LegacyLibrary?) -> Bool {
        defer { TLSError.discardQueue() }
        guard let found = unsafe EVP_CIPHER_fetch(library?.pointer, cipher, nil) else {
            return false
        }
        unsafe EVP_CIPHER_free(found)
        return true
    }
}
