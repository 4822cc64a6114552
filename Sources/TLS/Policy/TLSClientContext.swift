internal import COpenSSL

/// An `SSL_CTX` for outgoing connections: the trusted authorities, and our certificate.
@safe package final class TLSClientContext: Sendable {
    /// The settings of a connection.
    package struct Settings: Hashable, Sendable {
        /// Whether the target's certificate must match its name and be issued by a trusted authority.
        package var verifies = true
        /// A file of PEM certificates of the authorities; nil for those of the system.
        package var authorities: String?
        /// A PEM file with our certificate and its chain.
        package var certificate: String?
        /// A PEM file with its key; nil when the certificate file has the key.
        package var key: String?

        /// Creates settings with the system's authorities and no certificate.
        package init() {}
    }

    /// The settings that the context was created from.
    package let settings: Settings
    // Shared by threads: an SSL_CTX is not changed after init.
    nonisolated(unsafe) let pointer: OpaquePointer
    /// The newest ticket, for the next connection.
    let newest: NewestSession

    /// Loads the files.
    ///
    /// - Throws: one sentence that names the file; its code is `authorities`, `certificate` or `key`.
    package init(_ settings: Settings) throws(TLSError) {
        TLSLibrary.start
        TLSError.discardQueue()
        guard let pointer = unsafe SSL_CTX_new(TLS_client_method()) else {
            throw TLSError.fromQueue()
        }
        self.settings = settings
        unsafe self.pointer = pointer
        newest = try NewestSession()
        configure()
        try trust()
        try showCertificate()
    }

    deinit {
        unsafe SSL_CTX_free(pointer)
    }

    private func configure() {
        unsafe SSL_CTX_set_options(pointer, copenssl_no_compression | copenssl_no_renegotiation)
        _ = unsafe copenssl_ctx_set_versions(
            pointer, TLSPolicy.Version.tls12.rawValue, TLSPolicy.Version.tls13.rawValue)
        // As on the server's side: the writer retries an unsent rest from another address.
        _ = unsafe copenssl_ctx_set_mode(
            pointer,
            Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_ENABLE_PARTIAL_WRITE)
                | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER))
        unsafe copenssl_ctx_set_read_ahead(pointer)
        unsafe SSL_CTX_set_verify(
            pointer, settings.verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nil)
        unsafe copenssl_ctx_set_session_cache(
            pointer, Int(SSL_SESS_CACHE_CLIENT) | Int(SSL_SESS_CACHE_NO_INTERNAL), 0)
        unsafe SSL_CTX_set_ex_data(
            pointer, 0, Unmanaged.passUnretained(newest).toOpaque())
        unsafe SSL_CTX_sess_set_new_cb(pointer) { ssl, session in
            guard let context = unsafe SSL_get_SSL_CTX(ssl),
                let newest = unsafe SSL_CTX_get_ex_data(context, 0)
            else { return 0 }
            unsafe Unmanaged<NewestSession>.fromOpaque(newest).takeUnretainedValue().keep(session)
            return 1
        }
    }

    private func trust() throws(TLSError) {
        guard settings.verifies else { return }
        guard let file = settings.authorities else {
            guard unsafe SSL_CTX_set_default_verify_paths(pointer) == 1 else { throw .fromQueue() }
            return
        }
        try TLSClientContext.requireReadable(file, "target authority", code: "authorities")
        guard unsafe SSL_CTX_load_verify_locations(pointer, file, nil) == 1 else {
            throw TLSClientContext.fault(of: file, "certificates of authorities", "authorities")
        }
        // Each is trusted by itself, root or not, like the authorities of clients.
        _ = unsafe X509_STORE_set_flags(
            SSL_CTX_get_cert_store(pointer), UInt(X509_V_FLAG_PARTIAL_CHAIN))
    }

    /// Loads our certificate, in any format that those of hosts may have.
    private func showCertificate() throws(TLSError) {
        guard let file = settings.certificate else { return }
        // A bundle that lacks the key is an error of the certificate file.
        let code = settings.key == nil ? "certificate" : "key"
        let own = try TLSClientContext.contents(of: file, "certificate", code: "certificate")
        let holder =
            try settings.key.map { (file) throws(TLSError) in
                try TLSClientContext.contents(of: file, "key", code: "key")
            } ?? own
        guard let leaf = unsafe copenssl_certificates_remove(own.certificates, 0) else {
            throw TLSError("\(own.file.name) contains no certificate", code: "certificate")
        }
        defer { unsafe X509_free(leaf) }
        let key: OpaquePointer
        do throws(TLSError) {
            unsafe key = try holder.requireKey()
        } catch {
            let isLocked = error.code == "password-needed"
            throw TLSError(
                isLocked
                    ? "\(holder.file.name) contains an encrypted private key, for which there is no"
                        + " password here: decrypt it with openssl pkey" : error.message, code: code
            )
        }
        guard unsafe SSL_CTX_use_cert_and_key(pointer, leaf, key, own.certificates, 1) == 1 else {
            throw TLSClientContext.fault(
                of: settings.key ?? file, "the key of the certificate", code)
        }
    }

    private static func contents(
        of file: String, _ role: String, code: String
    ) throws(TLSError) -> CertificateContents {
        do throws(TLSError) {
            return try CertificateContents(SecretFile(role, .file(file)), KeyPassword(nil))
        } catch {
            throw TLSError(error.message, code: code)
        }
    }

    /// Checks first that the file is readable: libcrypto does not report why it is not.
    private static func requireReadable(
        _ file: String, _ role: String, code: String
    ) throws(TLSError) {
        do throws(TLSError) {
            _ = try SecretFile(role, .file(file))
        } catch {
            throw TLSError(error.message, code: code)
        }
    }

    private static func fault(of file: String, _ what: String, _ code: String) -> TLSError {
        TLSError("\"\(file)\" does not hold \(what): \(TLSError.fromQueue().message)", code: code)
    }
}
