internal import COpenSSL

/// An `SSL_CTX`: the state shared by all connections under one policy.
///
/// It has no certificate. Certificates are set for each connection, so that thousands of hosts need a handful
/// of contexts, which are immutable once created.
@safe package final class TLSContext: Sendable {
    /// Sessions kept for clients without tickets.
    static let cacheSize = 10_000
    /// How long a session may be resumed, in seconds, as in ICS.
    static let sessionTime = 300

    /// The policy of a connection until its ClientHello selects a host.
    package let policy: TLSPolicy

    // Shared by threads: an SSL_CTX is not changed after init, and libssl counts its references
    // atomically (openssl-threads(7)).
    nonisolated(unsafe) let pointer: OpaquePointer

    /// A digest of the policy and the contents of its files: a session with another digest is not resumed.
    package let digest: [UInt8]

    /// The list for the application protocol callback, in the format of RFC 7301, 3.1.
    private let protocols: ProtocolList?

    /// Creates the context; throws when OpenSSL does not understand the policy.
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
        // The writer keeps an unsent rest and retries it from another address. The chain comes from the files
        // alone: libssl would otherwise search the store, of clients' authorities, on each handshake.
        _ = unsafe copenssl_ctx_set_mode(
            pointer,
            Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_ENABLE_PARTIAL_WRITE)
                | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER) | Int(SSL_MODE_NO_AUTO_CHAIN))
        // One recv(2) for each record instead of two, for header and body.
        unsafe copenssl_ctx_set_read_ahead(pointer)
        // Sessions are in tickets at the client; one ticket instead of two saves 5 % of a handshake. Only TLS
        // 1.2 clients without ticket support get a session id and an entry in the cache.
        unsafe copenssl_ctx_set_session_cache(pointer, Int(SSL_SESS_CACHE_SERVER), Self.cacheSize)
        _ = unsafe SSL_CTX_set_num_tickets(pointer, 1)
        _ = unsafe SSL_CTX_set_timeout(pointer, Self.sessionTime)
        _ = unsafe SSL_CTX_set_tlsext_ticket_key_evp_cb(pointer, ticketKeyCallback)
        unsafe protocols?.apply(to: pointer)
        unsafe SSL_CTX_set_client_hello_cb(pointer, clientHelloCallback, nil)
        // The callback only has to exist: OpenSSL then confirms the name to the client and stores it in the
        // session, as RFC 6066 section 3 requires.
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
    /// The words of a TLS 1.2 cipher list that match no cipher of this OpenSSL.
    ///
    /// Words that remove or reorder ciphers are not checked: they may name ciphers that OpenSSL dropped long
    /// ago.
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
