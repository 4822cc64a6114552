internal import COpenSSL

/// Decodes unencrypted private keys three times as fast as libcrypto does by itself.
///
/// `PEM_read_bio_PrivateKey` tries every decoder there is, for 0.32 ms a key; with a known type, libcrypto
/// 3.0 needs 0.10 ms. Keys that are not recognised here are left to it.
enum PlainKey {
    /// The key of a PEM block, nil when it is not in one of the common unencrypted formats.
    ///
    /// - Parameters:
    ///   - label: the words after BEGIN.
    ///   - bytes: the decoded block.
    /// - Returns: a key that the caller owns.
    static func decode(
        _ label: String, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> OpaquePointer? {
        switch label {
        case "EC PRIVATE KEY":
            unsafe decode(bytes, structure: "type-specific", type: "EC")
        case "RSA PRIVATE KEY":
            unsafe decode(bytes, structure: "type-specific", type: "RSA")
        case "PRIVATE KEY":
            if let type = unsafe algorithm(of: bytes) {
                unsafe decode(bytes, structure: "PrivateKeyInfo", type: type)
            } else {
                nil
            }
        default:
            nil
        }
    }

    /// The key type that a PrivateKeyInfo (RFC 5208) names.
    private static func algorithm(of bytes: UnsafeBufferPointer<UInt8>) -> String? {
        var position = bytes.baseAddress
        guard let information = unsafe d2i_PKCS8_PRIV_KEY_INFO(nil, &position, bytes.count) else {
            return nil
        }
        defer { unsafe PKCS8_PRIV_KEY_INFO_free(information) }
        var object: OpaquePointer?
        guard unsafe PKCS8_pkey_get0(&object, nil, nil, nil, information) == 1 else { return nil }
        switch unsafe OBJ_obj2nid(object) {
        case NID_X9_62_id_ecPublicKey: return "EC"
        case NID_rsaEncryption: return "RSA"
        case NID_ED25519: return "ED25519"
        default: return nil
        }
    }

    private static func decode(
        _ bytes: UnsafeBufferPointer<UInt8>, structure: String, type: String
    ) -> OpaquePointer? {
        var key: OpaquePointer?
        let selection = CInt(OSSL_KEYMGMT_SELECT_ALL)
        guard
            let decoder = unsafe OSSL_DECODER_CTX_new_for_pkey(
                &key, "DER", structure, type, selection, nil, nil)
        else { return nil }
        defer { unsafe OSSL_DECODER_CTX_free(decoder) }
        var position = bytes.baseAddress
        var rest = bytes.count
        guard unsafe OSSL_DECODER_from_data(decoder, &position, &rest) == 1 else { return nil }
        return unsafe key
    }
}
