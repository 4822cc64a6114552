internal import COpenSSL
internal import Glibc

/// Finds problems of a usable certificate.
package enum CertificateDoctor {
    /// Checks a certificate.
    ///
    /// Takes a fraction of a millisecond, or a tenth of a second the first time that the bundle of the
    /// system's authorities has to be read, so do not call it on an event loop.
    /// - Parameters:
    ///   - certificate: the certificate.
    ///   - names: the names that its clients send; `*` is ignored.
    ///   - days: how many days before the expiry to warn.
    ///   - now: seconds since 1970.
    /// - Returns: the findings, the most urgent first.
    package static func findings(
        _ certificate: TLSCertificate, names: [String], expireDays days: Int, now: Int
    ) -> [CertificateFinding] {
        var findings =
            ending(of: certificate.end, expireDays: days, now: now).map { [$0] } ?? []
        let missing = certificate.uncovered(names)
        if !missing.isEmpty { findings.append(.namesNotCovered(missing)) }
        if certificate.isSelfSigned {
            findings.append(.selfSigned)
        } else if let issuer = certificate.missingIssuer(TrustStore.shared) {
            findings.append(.issuerNotFound(issuer))
        }
        return findings
    }

    private static func ending(
        of end: (name: String?, time: Int), expireDays days: Int, now: Int
    ) -> CertificateFinding? {
        if end.time < now { return .ended(end.time, of: end.name) }
        return end.time - now < days * 86_400 ? .endsSoon(end.time, of: end.name) : nil
    }
}

extension TLSCertificate {
    /// The names that the certificate does not cover, `*` excepted.
    fileprivate func uncovered(_ wanted: [String]) -> [String] {
        let own = Set(names.map { $0.lowercased() })
        return wanted.filter { name in
            guard name != "*", !own.contains(name) else { return false }
            // RFC 6125, 6.4.3: a wildcard stands for the first label.
            guard let dot = name.firstIndex(of: "."), !name.hasPrefix("*") else { return true }
            return !own.contains("*\(name[dot...])")
        }
    }
}

/// The authorities that the system trusts, as OpenSSL finds them.
@safe final class TrustStore: Sendable {
    // Shared by threads: X509_STORE locks for itself (openssl-threads(7)).
    nonisolated(unsafe) private let directory: OpaquePointer?
    nonisolated(unsafe) private let bundle: OpaquePointer?

    static let shared = TrustStore()

    /// The bundle, read only when the directory lacks an issuer: it has over a hundred certificates, while
    /// the directory finds a single one.
    private static let whole = TrustStore(bundle: ())

    private init() {
        TLSLibrary.start
        unsafe directory = X509_STORE_new()
        unsafe bundle = nil
        let lookup = unsafe X509_STORE_add_lookup(directory, X509_LOOKUP_hash_dir())
        _ = unsafe copenssl_lookup_default_directory(lookup)
        TLSError.discardQueue()
    }

    private init(bundle: Void) {
        unsafe directory = nil
        unsafe self.bundle = X509_STORE_new()
        let lookup = unsafe X509_STORE_add_lookup(self.bundle, X509_LOOKUP_file())
        _ = unsafe copenssl_lookup_default_file(lookup)
        TLSError.discardQueue()
    }

    /// Whether the issuer of a certificate is trusted.
    func hasIssuer(of certificate: OpaquePointer) -> Bool {
        unsafe Self.find(issuerOf: certificate, in: directory)
            || Self.find(issuerOf: certificate, in: Self.whole.bundle)
    }

    private static func find(issuerOf certificate: OpaquePointer, in store: OpaquePointer?) -> Bool
    {
        defer { TLSError.discardQueue() }
        guard let store = unsafe store, let search = unsafe X509_STORE_CTX_new() else {
            return false
        }
        defer { unsafe X509_STORE_CTX_free(search) }
        var issuer: OpaquePointer?
        guard unsafe X509_STORE_CTX_init(search, store, certificate, nil) == 1,
            unsafe X509_STORE_CTX_get1_issuer(&issuer, search, certificate) == 1
        else { return false }
        unsafe X509_free(issuer)
        return true
    }
}
