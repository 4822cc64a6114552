internal import COpenSSL

/// One object for each authority's certificate, shared by the chains of many hosts.
///
/// It saves the memory of duplicates and the time to parse them.
@safe final class SharedCertificates: @unchecked Sendable {
    // Sendable because the table is only accessed under its lock, and libcrypto's functions for its entries
    // are thread-safe (openssl-threads(7)).

    /// The table of this process.
    static let all = SharedCertificates()

    /// The most entries; the table is emptied at this limit, and certificates in use stay alive.
    private let limit: Int
    private let lock = unsafe CRYPTO_THREAD_lock_new()
    /// The certificates by the SHA-256 of their DER form.
    private var certificates: [[UInt8]: OpaquePointer] = unsafe [:]

    /// Creates an empty table.
    init(limit: Int = 1_000) { self.limit = limit }

    deinit {
        forgetAll()
        unsafe CRYPTO_THREAD_lock_free(lock)
    }

    /// The number of entries.
    var count: Int { locked { unsafe certificates.count } }

    /// Finds a certificate.
    ///
    /// - Parameter bytes: its DER form.
    /// - Returns: a reference that the caller owns; nil when it is not in the table.
    func find(_ bytes: UnsafeBufferPointer<UInt8>) -> OpaquePointer? {
        let digest = Digest.sha256(unsafe [UInt8](bytes))
        return unsafe locked {
            guard let known = unsafe certificates[digest], unsafe X509_up_ref(known) == 1 else {
                return nil
            }
            return unsafe known
        }
    }

    /// Adds the certificates of a chain, a `STACK_OF(X509)`.
    func add(_ chain: OpaquePointer) {
        for index in 0..<max(0, unsafe copenssl_certificates_count(chain)) {
            guard let certificate = unsafe copenssl_certificates_at(chain, index) else {
                continue
            }
            let digest = unsafe PeerCertificate.fingerprint(of: certificate)
            locked {
                guard unsafe certificates[digest] == nil, unsafe X509_up_ref(certificate) == 1
                else { return }
                if unsafe certificates.count == limit { forgetAll() }
                unsafe certificates[digest] = certificate
            }
        }
    }

    private func forgetAll() {
        unsafe certificates.values.forEach { unsafe X509_free($0) }
        unsafe certificates = [:]
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        _ = unsafe CRYPTO_THREAD_write_lock(lock)
        defer { _ = unsafe CRYPTO_THREAD_unlock(lock) }
        return body()
    }
}
