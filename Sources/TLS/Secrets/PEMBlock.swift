internal import COpenSSL

/// One block of a PEM text (RFC 7468).
@safe struct PEMBlock {
    /// What stands after BEGIN.
    let label: String
    /// The headers (RFC 1421, 4.6.1), which a key has whose bytes are encrypted in the traditional way.
    let header: String
    /// The decoded bytes, lent.
    let bytes: UnsafeBufferPointer<UInt8>

    /// How the key is encrypted; nil when it is not, or nobody knows.
    var encryption: KeyEncryption? {
        if !header.isEmpty { return KeyEncryption(header: header) }
        return label == "ENCRYPTED PRIVATE KEY" ? unsafe KeyEncryption(bytes) : nil
    }

    /// Shows each block of a file.
    ///
    /// - Parameters:
    ///   - file: the text.
    ///   - body: returns whether the block is sound; the rest is not shown when it is not.
    /// - Returns: what OpenSSL says of the block that is damaged, nil when none is.
    static func forEach(in file: SecretFile, _ body: (PEMBlock) -> Bool) -> String? {
        var isSound = true
        unsafe file.withBIO { bio in
            while isSound {
                var name: UnsafeMutablePointer<CChar>?
                var header: UnsafeMutablePointer<CChar>?
                var bytes: UnsafeMutablePointer<UInt8>?
                var count = 0
                guard unsafe PEM_read_bio(bio, &name, &header, &bytes, &count) == 1 else {
                    // Running out of blocks is the normal end, and an error to OpenSSL.
                    isSound = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE
                    return
                }
                defer {
                    unsafe CRYPTO_clear_free(bytes, count, nil, 0)
                    unsafe CRYPTO_free(header, nil, 0)
                    unsafe CRYPTO_free(name, nil, 0)
                }
                isSound = unsafe body(
                    PEMBlock(
                        label: name.map { unsafe String(cString: $0) } ?? "",
                        header: header.map { unsafe String(cString: $0) } ?? "",
                        bytes: UnsafeBufferPointer(start: bytes, count: count)))
            }
        }
        return isSound ? nil : TLSError.fromQueue().message
    }
}
