internal import COpenSSL

/// An `SSL_CTX`: what all connections under one policy share.
///
/// It contains no certificate. Certificates are set per connection, so that thousands of hosts need
/// a handful of contexts; those are immutable once made.
@safe package final class TLSContext: Sendable {
    /// Sessions kept for clients without tickets.
    static let cacheSize = 10_000
    /// How long a session may be resumed, in seconds, as in ICS.
    static let sessionTime = 300

    /// What connections start with, before their ClientHello says which host they are for.
    package let policy: TLSPolicy

    // Shared by threads: an SSL_CTX is not changed after init, and libssl counts its references
    // atomically (openssl-threads(7)).
    nonisolated(unsafe) let pointer: OpaquePointer

    /// Stands for the policy and the files that it names, as they were read: a session that was made
    /// under anything else is not resumed.
    package let digest: [UInt8]

    /// Whatever the callback for application protocols reads, in the format of RFC 7301, 3.1.
    private let protocols: ProtocolList?

    /// Makes the context; throws when OpenSSL does not understand the policy.
    package init(policy: TLSPolicy) throws(TLSError) {
        TLSLibrary.start
        TLSError.discardQueue()
        guard let pointer = unsafe SSL_CTX_new(TLS_server_method()) else {
            throw TLSError.fromQueue()
        }
        self.policy = policy
        unsafe self.pointer = pointer
        var trust = ClientTrust()
        protocols = policy.acceptsAnyProtocol ? nil : ProtocolList(policy)
        do throws(TLSError) {
            try unsafe Self.apply(policy, to: pointer)
            try unsafe trust.apply(policy.clientCertificates, to: pointer)
        } catch {
            unsafe SSL_CTX_free(pointer)
            throw error
        }
        digest = Digest.sha256(Array("\(policy)".utf8) + trust.fingerprints)
        configure()
    }

    private static func apply(
        _ policy: TLSPolicy, to pointer: OpaquePointer
    ) throws(TLSError) {
        try demand(
            unsafe copenssl_ctx_set_versions(
                pointer, policy.minimumVersion.rawValue, policy.maximumVersion.rawValue),
            "protocol versions are not supported", code: "policy")
        unsafe SSL_CTX_set_security_level(pointer, policy.securityLevel)
        try demand(
            unsafe SSL_CTX_set_cipher_list(pointer, policy.cipherList),
            "OpenSSL has no usable cipher in \"\(policy.cipherList)\"", code: "cipher-list")
        try demand(
            unsafe SSL_CTX_set_ciphersuites(pointer, policy.cipherSuites),
            "OpenSSL does not know every TLS 1.3 suite in \"\(policy.cipherSuites)\"",
            code: "cipher-suites")
        try demand(
            unsafe copenssl_ctx_set_groups(pointer, policy.groups),
            "OpenSSL does not know every group in \"\(policy.groups)\"", code: "groups")
    }

    deinit {
        unsafe SSL_CTX_free(pointer)
    }

    private func configure() {
        var options = copenssl_no_compression | copenssl_no_renegotiation
        if policy.prefersServerOrder { options |= copenssl_server_preference }
        unsafe SSL_CTX_set_options(pointer, options)
        // The writer keeps an unsent rest and offers it again from another address. A chain is what the
        // files say: libssl would look for more in the store, of authorities of clients, each time.
        _ = unsafe copenssl_ctx_set_mode(
            pointer,
            Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_ENABLE_PARTIAL_WRITE)
                | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER) | Int(SSL_MODE_NO_AUTO_CHAIN))
        // One recv(2) per record instead of two, header and body.
        unsafe copenssl_ctx_set_read_ahead(pointer)
        // Sessions live in tickets at the client; one instead of two saves 5 % of a handshake. Only
        // clients of TLS 1.2 that know no tickets get a session id, and a place in the cache.
        unsafe copenssl_ctx_set_session_cache(pointer, Int(SSL_SESS_CACHE_SERVER), Self.cacheSize)
        _ = unsafe SSL_CTX_set_num_tickets(pointer, 1)
        _ = unsafe SSL_CTX_set_timeout(pointer, Self.sessionTime)
        _ = unsafe SSL_CTX_set_tlsext_ticket_key_evp_cb(pointer, ticketKeyCallback)
        unsafe protocols?.apply(to: pointer)
        unsafe SSL_CTX_set_client_hello_cb(pointer, clientHelloCallback, nil)
        // Being asked is enough: OpenSSL then confirms the name to the client and keeps it with
        // the session, as RFC 6066 section 3 wants.
        unsafe copenssl_ctx_set_servername_callback(pointer) { _, _, _ in SSL_TLSEXT_ERR_OK }
    }

    private static func demand(
        _ status: CInt, _ message: String, code: String
    ) throws(TLSError) {
        guard status == 1 else {
            TLSError.discardQueue()
            throw TLSError(message, code: code)
        }
    }
}

extension TLSContext {
    /// The words of a list for TLS 1.2 that stand for no cipher of this OpenSSL.
    ///
    /// Words that take ciphers away or order them may be about ciphers that are long gone.
    package static func unknownCiphers(in list: String) -> [String] {
        TLSLibrary.start
        defer { TLSError.discardQueue() }
        guard let trial = unsafe SSL_CTX_new(TLS_server_method()) else { return [] }
        defer { unsafe SSL_CTX_free(trial) }
        return list.split { ": ,;".contains($0) }.map(String.init).filter { word in
            guard let first = word.first, !"!-+@".contains(first) else { return false }
            return unsafe SSL_CTX_set_cipher_list(trial, "\(word):@SECLEVEL=0") != 1
        }
    }
}
