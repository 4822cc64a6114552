internal import COpenSSL

/// An `SSL_CTX`: what all connections under one policy share.
///
/// It holds no certificate. Certificates are set per connection, so that thousands of hosts need
/// a handful of contexts; those are immutable once made.
@safe package final class TLSContext: Sendable {
    /// What connections start with, before their ClientHello says which host they are for.
    package let policy: TLSPolicy

    // Shared by threads: an SSL_CTX is not changed after init, and libssl counts its references
    // atomically (openssl-threads(7)).
    nonisolated(unsafe) let pointer: OpaquePointer

    /// Makes the context; throws when OpenSSL does not understand the policy.
    package init(policy: TLSPolicy) throws(TLSError) {
        TLSLibrary.start
        TLSError.discardQueue()
        guard let pointer = unsafe SSL_CTX_new(TLS_server_method()) else {
            throw TLSError.fromQueue()
        }
        self.policy = policy
        unsafe self.pointer = pointer
        configure()
        try demand(
            unsafe copenssl_ctx_set_versions(
                pointer, policy.minimumVersion.rawValue, policy.maximumVersion.rawValue),
            "protocol versions are not supported")
        unsafe SSL_CTX_set_security_level(pointer, policy.securityLevel)
        try demand(
            unsafe SSL_CTX_set_cipher_list(pointer, policy.cipherList),
            "no usable cipher in \"\(policy.cipherList)\"")
        try demand(
            unsafe SSL_CTX_set_ciphersuites(pointer, policy.cipherSuites),
            "unknown TLS 1.3 cipher suite in \"\(policy.cipherSuites)\"")
        try demand(
            unsafe copenssl_ctx_set_groups(pointer, policy.groups),
            "unknown key exchange group in \"\(policy.groups)\"")
    }

    deinit {
        unsafe SSL_CTX_free(pointer)
    }

    private func configure() {
        var options = copenssl_no_compression | copenssl_no_renegotiation
        if policy.prefersServerOrder { options |= copenssl_server_preference }
        unsafe SSL_CTX_set_options(pointer, options)
        // The writer keeps an unsent rest and offers it again from another address.
        _ = unsafe copenssl_ctx_set_mode(
            pointer,
            Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_ENABLE_PARTIAL_WRITE)
                | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER))
        // One recv(2) per record instead of two, header and body.
        unsafe copenssl_ctx_set_read_ahead(pointer)
        // Sessions live in tickets at the client. One ticket instead of two and no cache is the
        // only handshake setting that was measured to pay: 5 % of the server's CPU.
        unsafe copenssl_ctx_set_session_cache_mode(pointer, Int(SSL_SESS_CACHE_OFF))
        _ = unsafe SSL_CTX_set_num_tickets(pointer, 1)
        _ = unsafe SSL_CTX_set_timeout(pointer, 300)
        unsafe SSL_CTX_set_client_hello_cb(pointer, clientHelloCallback, nil)
        // Being asked is enough: OpenSSL then confirms the name to the client and keeps it with
        // the session, as RFC 6066 section 3 wants.
        unsafe copenssl_ctx_set_servername_callback(pointer) { _, _, _ in SSL_TLSEXT_ERR_OK }
    }

    private func demand(_ status: CInt, _ message: String) throws(TLSError) {
        guard status == 1 else {
            TLSError.discardQueue()
            throw TLSError(message, code: "policy")
        }
    }
}
