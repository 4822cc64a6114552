internal import COpenSSL
internal import Glibc
internal import Platform

/// A self-signed certificate, created so that a host can start without a real one.
package enum LocalCertificate {
    /// The validity, in seconds: 80 days.
    package static let lifetime = 80 * 86_400

    /// The PEM text of a P-256 key and of a certificate for it.
    package struct Texts: Sendable {
        /// The certificate.
        package let certificate: String
        /// The key.
        package let key: String
    }

    /// Creates a key and a certificate.
    ///
    /// - Parameter names: DNS names, wildcards included, and IP addresses: the subjectAltName.
    /// - Returns: both, not written to a file.
    /// - Throws: one sentence about the name that a certificate cannot have.
    package static func texts(for names: [String]) throws(TLSError) -> Texts {
        TLSLibrary.start
        TLSError.discardQueue()
        let alternatives = try SubjectNames(names)
        guard let pair = unsafe copenssl_p256_new() else { throw .fromQueue() }
        defer { unsafe EVP_PKEY_free(pair) }
        guard let made = unsafe X509_new() else { throw .fromQueue() }
        defer { unsafe X509_free(made) }
        guard unsafe fill(made, pair, alternatives) else { throw .fromQueue() }
        return Texts(
            certificate: unsafe OpenSSLText.printed { unsafe PEM_write_bio_X509($0, made) },
            key: unsafe OpenSSLText.printed {
                unsafe PEM_write_bio_PrivateKey($0, pair, nil, nil, 0, nil, nil)
            })
    }

    /// Checks whether a certificate could be created.
    ///
    /// - Parameter names: as for ``texts(for:)``.
    /// - Throws: as ``texts(for:)``.
    package static func check(_ names: [String]) throws(TLSError) {
        _ = try SubjectNames(names)
    }

    /// Fills in every field and signs; on failure the reason is in the error queue.
    private static func fill(
        _ made: OpaquePointer, _ key: OpaquePointer, _ names: SubjectNames
    ) -> Bool {
        var serial = [UInt8](repeating: 0, count: 16)
        // An hour ago: clients' clocks may be slow.
        guard unsafe RAND_bytes(&serial, 16) == 1,
            unsafe X509_set_version(made, Int(X509_VERSION_3)) == 1,
            unsafe copenssl_set_serial(made, &serial, 16) == 1,
            unsafe X509_gmtime_adj(X509_getm_notBefore(made), -3600) != nil,
            unsafe X509_gmtime_adj(X509_getm_notAfter(made), lifetime - 3600) != nil,
            unsafe X509_set_pubkey(made, key) == 1,
            unsafe names.apply(to: made),
            unsafe addExtensions(to: made)
        else { return false }
        return unsafe X509_sign(made, key, EVP_sha256()) > 0
    }

    private static func addExtensions(to made: OpaquePointer) -> Bool {
        let extensions = [
            (NID_basic_constraints, "critical,CA:FALSE"),
            (NID_key_usage, "critical,digitalSignature"),
            (NID_ext_key_usage, "serverAuth"),
            (NID_subject_key_identifier, "hash"),
        ]
        return extensions.allSatisfy { unsafe copenssl_add_extension(made, $0.0, $0.1) == 1 }
    }
}

extension LocalCertificate.Texts {
    /// Writes each file atomically, the key first; only the owner may read the key.
    ///
    /// Creates missing directories.
    package func write(
        certificate path: String, key keyPath: String?, replacing: Bool
    ) throws(TLSError) {
        if let keyPath {
            try Self.write(key, to: keyPath, mode: 0o600, replacing: replacing)
            try Self.write(certificate, to: path, mode: 0o644, replacing: replacing)
        } else {
            try Self.write(key + certificate, to: path, mode: 0o600, replacing: replacing)
        }
    }

    private static func write(
        _ text: String, to path: String, mode: UInt32, replacing: Bool
    ) throws(TLSError) {
        try makeDirectories(above: path)
        do throws(SystemError) {
            try WholeFile.write(text, to: path, mode: mode, replacing: replacing)
        } catch {
            throw failure(error.call == "write" ? "write" : "create", path, error.code)
        }
    }

    private static func makeDirectories(above path: String) throws(TLSError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        var directory = ""
        for (index, part) in parts.enumerated() {
            directory += index == 0 ? part : "/\(part)"
            guard !part.isEmpty, unsafe mkdir(directory, 0o750) != 0 else { continue }
            // If a file has the name, the next step fails with the right error.
            let code = errno
            guard unsafe code == EEXIST || access(directory, F_OK) == 0 else {
                throw failure("create directory", directory, code)
            }
        }
    }

    private static func failure(_ verb: String, _ path: String, _ code: CInt) -> TLSError {
        TLSError(
            "cannot \(verb) \"\(path)\": \(TLSError.describe(code))",
            code: code == EEXIST ? "exists" : "system")
    }
}
