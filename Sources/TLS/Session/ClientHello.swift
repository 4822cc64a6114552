internal import COpenSSL

/// Answers a ClientHello: `SSL_client_hello_cb_fn`.
///
/// This is the last moment at which everything about the connection can be changed; the server name callback
/// runs after the protocol version is chosen.
func clientHelloCallback(
    ssl: OpaquePointer?, alert: UnsafeMutablePointer<CInt>?, argument: UnsafeMutableRawPointer?
) -> CInt {
    guard let ssl = unsafe ssl, let port = unsafe TLSPort.serving(ssl) else {
        return SSL_CLIENT_HELLO_ERROR
    }
    guard let declined = unsafe port.answer(ssl) else { return SSL_CLIENT_HELLO_SUCCESS }
    unsafe alert?.pointee = declined
    return SSL_CLIENT_HELLO_ERROR
}

extension TLSPort {
    /// Finds an identity and applies it; returns the alert when there is none.
    fileprivate func answer(_ ssl: OpaquePointer) -> CInt? {
        var name: String?
        var hash: UInt64 = 0
        switch unsafe serverName(of: ssl) {
        case nil: break
        case .name(let text, let number): (name, hash) = (text, number)
        case .malformed(let reason): return decline(reason, "malformed", SSL_AD_DECODE_ERROR)
        case .illegal(let reason): return decline(reason, "malformed", SSL_AD_ILLEGAL_PARAMETER)
        }
        askedName = name
        guard let identity = chooser?.identity(serverName: name) else {
            refusal = .unknownName(name)
            return chooser?.deniesAccess == true ? SSL_AD_ACCESS_DENIED : SSL_AD_UNRECOGNIZED_NAME
        }
        if let earlier = unsafe TLSIdentity.attached(to: ssl) {
            guard earlier === identity else {
                return decline("server name changed", "malformed", SSL_AD_ILLEGAL_PARAMETER)
            }
            return nil
        }
        let certificates = identity.source.certificates
        guard !certificates.isEmpty else {
            refusal = .unknownName(name)
            return SSL_AD_UNRECOGNIZED_NAME
        }
        guard unsafe identity.apply(certificates, to: ssl, nameHash: hash) else {
            refusal = .error(.fromQueue())
            return SSL_AD_INTERNAL_ERROR
        }
        unsafe identity.attach(to: ssl)
        return nil
    }

    private func serverName(of ssl: OpaquePointer) -> ServerNameExtension? {
        var bytes: UnsafePointer<UInt8>?
        var count = 0
        let type = UInt32(TLSEXT_TYPE_server_name)
        guard unsafe SSL_client_hello_get0_ext(ssl, type, &bytes, &count) == 1,
            let bytes = unsafe bytes
        else { return nil }
        return unsafe ServerNameExtension(Span(_unsafeStart: bytes, count: count))
    }

    private func decline(_ message: String, _ code: String, _ alert: CInt) -> CInt {
        refusal = .error(TLSError(message, code: code))
        return alert
    }
}

extension TLSIdentity {
    /// Applies the policy, certificates and session scope of this identity.
    fileprivate func apply(
        _ certificates: [TLSCertificate], to ssl: OpaquePointer, nameHash: UInt64
    ) -> Bool {
        guard unsafe applyPolicy(to: ssl) else { return false }
        for certificate in certificates {
            guard unsafe certificate.use(in: ssl) else { return false }
        }
        // RFC 6066 forbids resuming a TLS 1.2 session under another name, even of the same host.
        var bytes = scope
        unsafe withUnsafeBytes(of: nameHash) { unsafe bytes.append(contentsOf: $0) }
        return unsafe SSL_set_session_id_context(ssl, bytes, UInt32(bytes.count)) == 1
    }

    /// Replaces the initial policy of the session.
    ///
    /// `SSL_set_SSL_CTX` replaces ciphers, security level, authorities and application protocols. Versions,
    /// groups, options and the verify mode were copied when the session was created, and have to be set one
    /// by one.
    private func applyPolicy(to ssl: OpaquePointer) -> Bool {
        guard unsafe SSL_get_SSL_CTX(ssl) != context.pointer else { return true }
        let policy = context.policy
        guard unsafe SSL_set_SSL_CTX(ssl, context.pointer) != nil,
            unsafe copenssl_set_versions(
                ssl, policy.minimumVersion.rawValue, policy.maximumVersion.rawValue) == 1,
            unsafe copenssl_set_groups(ssl, policy.groups) == 1
        else { return false }
        unsafe SSL_set_verify(ssl, policy.clientCertificates.demand.verifyMode, nil)
        if policy.prefersServerOrder {
            unsafe SSL_set_options(ssl, copenssl_server_preference)
        } else {
            unsafe SSL_clear_options(ssl, copenssl_server_preference)
        }
        return true
    }
}

/// The identity of a session is stored in the `SSL` itself, in the pointer that libssl reserves for the
/// password callback of `SSL_use_PrivateKey_file`, which is never called here: unlike the `ex_data` of an
/// `SSL` it needs no memory of its own.
extension TLSIdentity {
    fileprivate func attach(to ssl: OpaquePointer) {
        unsafe SSL_set_default_passwd_cb_userdata(ssl, Unmanaged.passRetained(self).toOpaque())
    }

    static func attached(to ssl: OpaquePointer) -> TLSIdentity? {
        guard let pointer = unsafe SSL_get_default_passwd_cb_userdata(ssl) else { return nil }
        return unsafe Unmanaged<TLSIdentity>.fromOpaque(pointer).takeUnretainedValue()
    }

    static func detach(from ssl: OpaquePointer) {
        guard let pointer = unsafe SSL_get_default_passwd_cb_userdata(ssl) else { return }
        unsafe Unmanaged<TLSIdentity>.fromOpaque(pointer).release()
    }
}
