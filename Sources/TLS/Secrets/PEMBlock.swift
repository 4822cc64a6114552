internal import COpenSSL

/// One block of a PEM text (RFC 7468).
@safe struct PEMBlock {
    /// The words after BEGIN.
    let label: String
    /// The headers (RFC 1421, 4.6.1); only a key that is encrypted in the traditional format has them.
    let header: String
    /// The decoded bytes, borrowed.
    let bytes: UnsafeBufferPointer<UInt8>

    /// The encryption of the key; nil for none, or an unknown one.
    var encryption: KeyEncryption? {
        if !header.isEmpty { return KeyEncryption(header: header) }
        return label == "ENCRYPTED PRIVATE KEY" ? unsafe KeyEncryption(bytes) : nil
    }

    /// Calls a closure for each block of a file.
    ///
    /// - Parameters:
    ///   - file: the text.
    ///   - body: returns whether the block is valid; the iteration stops when it is not.
    /// - Returns: the error of OpenSSL about the damaged block, nil when none is damaged.
    static func forEach(in file: SecretFile, _ body: (PEMBlock) -> Bool) -> String? {
        var isSound = true
        unsafe file.withBIO { bio in
            while isSound {
                var name: UnsafeMutablePointer<CChar>?
                var header: UnsafeMutablePointer<CChar>?
                var bytes: UnsafeMutablePointer<UInt8>?
                var count = 0
                guard unsafe PEM_read_bio(bio, &name, &header, &bytes, &count) == 1 else {
                    // OpenSSL reports the normal end of the blocks as an error.
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
