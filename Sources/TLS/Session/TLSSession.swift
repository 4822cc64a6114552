internal import COpenSSL

/// The server's side of one TLS connection, an `SSL`.
///
/// It never blocks and never waits: each call does what the socket allows now and says what it
/// misses. It owns neither the socket nor a buffer of its own. All calls are made on the loop of
/// `port`, which must be the same in each, with a socket in non-blocking mode.
@safe package struct TLSSession: ~Copyable {
    let ssl: OpaquePointer

    /// Makes the session of a client that has just been accepted.
    ///
    /// - Parameters:
    ///   - context: The policy that holds until the ClientHello chose an identity.
    ///   - port: The port of the loop that serves this client.
    /// - Throws: What OpenSSL says, in practice that memory is short.
    package init(context: TLSContext, port: TLSPort) throws(TLSError) {
        TLSError.discardQueue()
        guard let ssl = unsafe SSL_new(context.pointer) else { throw TLSError.fromQueue() }
        unsafe self.init(ssl, port: port)
        unsafe SSL_set_accept_state(ssl)
    }

    /// Takes an `SSL` over and lets it reach its socket through `port`.
    init(_ ssl: OpaquePointer, port: TLSPort) {
        unsafe self.ssl = ssl
        // SSL_set_bio(3) takes one reference when both sides are the same BIO.
        _ = unsafe BIO_up_ref(port.bio)
        unsafe SSL_set_bio(ssl, port.bio, port.bio)
    }

    deinit {
        unsafe TLSIdentity.detach(from: ssl)
        // A connection without a close_notify is no reason to forget its session (RFC 5246, 7.2.1);
        // after a fatal alert libssl has forgotten it already.
        unsafe SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN)
        unsafe SSL_free(ssl)
    }

    /// Goes on with the handshake until it is over or the socket has nothing more to give.
    package func handshake(
        socket: CInt, port: TLSPort, chooser: any TLSIdentityChooser
    ) -> TLSHandshakeStep {
        port.begin(on: socket)
        return handshake(port, chooser)
    }

    /// The same, for a client of which something has been received already.
    ///
    /// - Parameters:
    ///   - socket: the client's.
    ///   - port: the port of its loop.
    ///   - chooser: answers the ClientHello.
    ///   - bytes: what has been received.
    ///   - taken: becomes how many of the bytes are used; the others must be there the next time.
    ///   - isEmptied: whether the socket had nothing more when they were received, and its peer has not
    ///     ended: what comes later rings the bell again.
    /// - Returns: how far the handshake is.
    package func handshake(
        socket: CInt, port: TLSPort, chooser: any TLSIdentityChooser,
        beginningWith bytes: Span<UInt8>, taken: inout Int, isEmptied: Bool
    ) -> TLSHandshakeStep {
        port.begin(on: socket)
        return unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe port.offer(bytes, isEmptied: isEmptied)
            defer { taken = bytes.count - port.withdrawOffer() }
            return handshake(port, chooser)
        }
    }

    private func handshake(
        _ port: TLSPort, _ chooser: any TLSIdentityChooser
    ) -> TLSHandshakeStep {
        port.chooser = chooser
        port.askedName = nil
        let status = unsafe SSL_do_handshake(ssl)
        port.chooser = nil
        if let refusal = port.refusal {
            port.refusal = nil
            TLSError.discardQueue()
            switch refusal {
            case .unknownName(let name): return .refused(serverName: name)
            case .error(let error): return .failed(error)
            }
        }
        if status == 1, let identity {
            // Done with: no renegotiation will show it again. A chain was a list per session.
            unsafe SSL_certs_clear(ssl)
            return .done(identity)
        }
        switch outcome(of: status, port) {
        case .wantsRead where !port.drained:
            return .failed(TLSError("handshake messages without end", code: "malformed"))
        case .wantsRead: return .wantsRead
        case .wantsWrite: return .wantsWrite
        case .end, .truncated: return .closed
        case .failed(let error): return .failed(explained(error))
        }
    }

    /// Says what is wrong with a client's certificate, of which the error says that it is bad at most:
    /// where a signature does not hold, it is that of the part that looked at it.
    private func explained(_ error: TLSError) -> TLSError {
        guard let reason = verificationFailure else { return error }
        return TLSError("certificate refused: \(reason)", code: "certificate-verify-failed")
    }

    /// Why the certificate of the peer is not good enough, where it was looked at and is not.
    var verificationFailure: String? {
        let result = unsafe SSL_get_verify_result(ssl)
        // The side of a client looks at each certificate, whether it is to verify it or not.
        guard result != X509_V_OK, unsafe SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE else {
            return nil
        }
        return unsafe String(cString: X509_verify_cert_error_string(result))
    }

    /// Appends what is here, at most one TLS record, to `buffer`.
    package func read(
        into buffer: inout OutputSpan<UInt8>, socket: CInt, port: TLSPort
    ) -> TLSReadResult {
        precondition(buffer.freeCapacity > 0, "a read needs room for a byte")
        port.begin(on: socket)
        var received = 0
        let status = unsafe buffer.withUnsafeMutableBufferPointer { bytes, initialized in
            let rest = bytes.extracting(initialized...)
            let status = unsafe SSL_read_ex(ssl, rest.baseAddress, rest.count, &received)
            if status == 1 { initialized += received }
            return status
        }
        if status == 1 { return .bytes(received) }
        switch outcome(of: status, port) {
        case .wantsRead: return port.drained ? .wantsRead : .again
        case .wantsWrite: return .wantsWrite
        case .end: return .end
        case .truncated: return .truncated
        case .failed(let error): return .failed(error)
        }
    }

    /// Sends as many of `bytes` as the socket takes.
    ///
    /// What is left must be offered again, unchanged and complete or with more behind it: part of
    /// it may already be encrypted and on its way (`SSL_write(3)`).
    package func write(
        _ bytes: Span<UInt8>, socket: CInt, port: TLSPort
    ) -> TLSWriteResult {
        port.begin(on: socket)
        var total = 0
        // libssl returns after each record (SSL_MODE_ENABLE_PARTIAL_WRITE).
        while total < bytes.count {
            var sent = 0
            let status = unsafe bytes.extracting(total...).withUnsafeBufferPointer {
                unsafe SSL_write_ex(ssl, $0.baseAddress, $0.count, &sent)
            }
            if status == 1 {
                total += sent
                continue
            }
            switch outcome(of: status, port) {
            case .wantsWrite: return total > 0 ? .bytes(total) : .wantsWrite
            case .wantsRead: return total > 0 ? .bytes(total) : .wantsRead
            case .end, .truncated: return .failed(TLSError("connection closed", code: "closed"))
            case .failed(let error): return .failed(error)
            }
        }
        return .bytes(total)
    }

    /// Tells the peer that nothing more follows, with a close_notify if the socket takes one now.
    ///
    /// Reading goes on as before. After a failure this does nothing.
    ///
    /// - Returns: false when the socket took none: call again when it has room.
    @discardableResult
    package func shutdown(socket: CInt, port: TLSPort) -> Bool {
        port.begin(on: socket)
        let status = unsafe SSL_shutdown(ssl)
        let mustWait =
            status < 0 ? unsafe SSL_get_error(ssl, status) == SSL_ERROR_WANT_WRITE : false
        TLSError.discardQueue()
        return !mustWait
    }

    enum Outcome {
        case wantsRead, wantsWrite, end, truncated
        case failed(TLSError)
    }

    /// Says why the last call on `ssl` did not succeed.
    func outcome(of status: CInt, _ port: TLSPort) -> Outcome {
        switch unsafe SSL_get_error(ssl, status) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case SSL_ERROR_ZERO_RETURN: return .end
        case SSL_ERROR_SYSCALL where port.errorNumber != 0:
            TLSError.discardQueue()
            return .failed(.system("connection", port.errorNumber))
        default:
            if ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING {
                ERR_clear_error()
                return .truncated
            }
            return .failed(.fromQueue())
        }
    }
}

extension TLSSession {
    /// What the client was given; nil until its ClientHello has come.
    package var identity: TLSIdentity? { unsafe TLSIdentity.attached(to: ssl) }

    /// The name the client asked for, as it spelled it; nil when it asked for none.
    ///
    /// A new string each time: sessions keep no copy besides libssl's.
    package var serverName: String? {
        unsafe SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name).map { unsafe String(cString: $0) }
    }

    /// The protocol version, such as `TLSv1.3`.
    package var version: String { unsafe String(cString: SSL_get_version(ssl)) }

    /// The group of the key exchange, such as `x25519`, in the words of the library; nil where there
    /// was none.
    package var group: String? {
        unsafe copenssl_group_name(ssl).map { unsafe String(cString: $0) }
    }

    /// The name of the cipher, such as `TLS_AES_256_GCM_SHA384`.
    package var cipher: String { unsafe String(cString: copenssl_cipher_name(ssl)) }

    /// Whether libssl holds bytes it has not delivered: the socket says nothing about those.
    ///
    /// They may be part of a record only, so wait all the same after `wantsRead`.
    package var hasBufferedInput: Bool { unsafe SSL_has_pending(ssl) == 1 }

    /// Whether the handshake resumed an earlier session.
    package var isResumed: Bool { unsafe SSL_session_reused(ssl) == 1 }

    /// The application protocol that was agreed on (ALPN, RFC 7301), nil for none.
    package var applicationProtocol: String? {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        unsafe SSL_get0_alpn_selected(ssl, &name, &count)
        guard count > 0 else { return nil }
        return unsafe String(
            decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
    }

    /// The certificate that the client showed, nil for none; read anew each time.
    package var peerCertificate: PeerCertificate? {
        unsafe SSL_get0_peer_certificate(ssl).map { unsafe PeerCertificate($0) }
    }
}
