internal import COpenSSL

/// SHA-256, for fingerprints and session scopes.
enum Digest {
    /// The 32 bytes.
    static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
            let done = unsafe EVP_Digest(
                bytes, bytes.count, buffer.baseAddress, nil, EVP_sha256(), nil)
            precondition(done == 1, "SHA-256 is part of every libcrypto")
            count = 32
        }
    }
}
