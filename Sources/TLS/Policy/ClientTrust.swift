internal import COpenSSL
internal import Glibc

/// Loads the client certificate settings of a policy into a context.
struct ClientTrust {
    /// The fingerprints of everything that was read: a session must not be resumed after its trust changes.
    private(set) var fingerprints: [UInt8] = []
    private var known: Set<[UInt8]> = []

    /// The most authorities.
    private static let limit = 1_000

    /// Configures a context to request and verify client certificates.
    mutating func apply(
        _ policy: ClientCertificatePolicy, to context: OpaquePointer
    ) throws(TLSError) {
        guard policy.demand != .none else { return }
        unsafe SSL_CTX_set_verify(context, policy.demand.verifyMode, nil)
        let authorities = try ClientAuthorities()
        if let path = policy.authorities {
            for file in try Self.files(path) { try read(file, into: authorities) }
            guard !known.isEmpty else {
                throw TLSError(
                    "\"\(path)\" has no file with a PEM certificate", code: "authorities")
            }
        } else {
            _ = unsafe SSL_CTX_set_default_verify_paths(context)
        }
        if let path = policy.revocations {
            do throws(TLSError) {
                try revoke(path, authorities)
            } catch {
                throw TLSError(error.message, code: "revocations")
            }
        }
        try unsafe authorities.apply(to: context, hasLists: policy.revocations != nil)
    }

    /// Reads the certificates of a file.
    private mutating func read(
        _ file: (path: String, isOptional: Bool), into authorities: ClientAuthorities
    ) throws(TLSError) {
        let contents: CertificateContents
        do throws(TLSError) {
            contents = try CertificateContents(
                SecretFile("client authority", .file(file.path)), KeyPassword(nil))
            try contents.requireCertificates()
        } catch {
            // A directory may have other files too, such as a README or revocation lists.
            if file.isOptional, error.code == "no-certificate" { return }
            throw TLSError(error.message, code: "authorities")
        }
        let list = unsafe contents.certificates
        for index in 0..<(unsafe copenssl_certificates_count(list)) {
            guard let certificate = unsafe copenssl_certificates_at(list, index) else { continue }
            let fingerprint = unsafe PeerCertificate.fingerprint(of: certificate)
            guard known.insert(fingerprint).inserted else { continue }
            fingerprints += fingerprint
            guard known.count <= Self.limit else {
                throw TLSError(
                    "more than \(Self.limit) client authorities", code: "authorities")
            }
            unsafe authorities.add(certificate)
        }
    }

    /// Reads the revocation lists of a file.
    private mutating func revoke(
        _ path: String, _ authorities: ClientAuthorities
    ) throws(TLSError) {
        let file = try SecretFile("revocation list", .file(path))
        var (count, failure) = (0, TLSError?.none)
        unsafe file.withBIO { bio in
            while failure == nil,
                let list = unsafe file.isPEM
                    ? PEM_read_bio_X509_CRL(bio, nil, nil, nil) : d2i_X509_CRL_bio(bio, nil)
            {
                defer { unsafe X509_CRL_free(list) }
                count += 1
                failure = unsafe add(list, file, authorities)
            }
        }
        TLSError.discardQueue()
        if let failure { throw failure }
        guard count > 0 else { throw file.fault("contains no revocation list", "no-list") }
    }

    /// Adds a list; returns the problem of the list.
    private mutating func add(
        _ list: OpaquePointer, _ file: SecretFile, _ authorities: ClientAuthorities
    ) -> TLSError? {
        let end = unsafe X509_CRL_get0_nextUpdate(list)
        // With an expired list, libcrypto refuses every certificate of the authority.
        guard unsafe end == nil || X509_cmp_current_time(end) > 0 else {
            let date = unsafe OpenSSLText.printed { unsafe ASN1_TIME_print($0, end) }
            return file.fault("contains a revocation list that expired on \(date)", "expired")
        }
        unsafe authorities.add(list: list)
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = unsafe i2d_X509_CRL(list, &bytes)
        defer { unsafe CRYPTO_free(bytes, nil, 0) }
        fingerprints += Digest.sha256(
            unsafe [UInt8](UnsafeBufferPointer(start: bytes, count: Int(max(0, count)))))
        return nil
    }

    /// The file, or the files of a directory in the order of their names.
    static func files(
        _ path: String
    ) throws(TLSError) -> [(path: String, isOptional: Bool)] {
        guard let directory = unsafe opendir(path) else { return [(path, false)] }
        defer { unsafe closedir(directory) }
        var files: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            var status = stat()
            guard !name.hasPrefix("."), unsafe stat("\(path)/\(name)", &status) == 0,
                status.st_mode & S_IFMT == S_IFREG
            else { continue }
            files.append("\(path)/\(name)")
            // The links that c_rehash(1) creates duplicate each.
            guard files.count <= 4 * limit else {
                throw TLSError("directory \"\(path)\" has too many files", code: "authorities")
            }
        }
        return files.sorted().map { ($0, true) }
    }
}

extension ClientCertificatePolicy.Demand {
    /// The flags for `SSL_set_verify(3)`.
    var verifyMode: CInt {
        switch self {
        case .none: SSL_VERIFY_NONE
        case .optional: SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE
        case .required:
            SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
        }
    }
}
