internal import COpenSSL

/// The server's side of one TLS connection, an `SSL`.
///
/// It never blocks: each call does as much as the socket allows now and reports the event to wait for. It
/// owns neither the socket nor a buffer. Make all calls on the loop of `port`, which must be the same in
/// each, with a non-blocking socket.
@safe package struct TLSSession: ~Copyable {
    let ssl: OpaquePointer

    /// Creates the session of an accepted client.
    ///
    /// - Parameters:
    ///   - context: The policy until the ClientHello selects an identity.
    ///   - port: The port of the client's loop.
    /// - Throws: The error of OpenSSL, in practice a lack of memory.
    package init(context: TLSContext, port: TLSPort) throws(TLSError) {
        TLSError.discardQueue()
        guard let ssl = unsafe SSL_new(context.pointer) else { throw TLSError.fromQueue() }
        unsafe self.init(ssl, port: port)
        unsafe SSL_set_accept_state(ssl)
    }

    /// Takes ownership of an `SSL` and connects it to `port`.
    init(_ ssl: OpaquePointer, port: TLSPort) {
        unsafe self.ssl = ssl
        // SSL_set_bio(3) takes one reference when both sides are the same BIO.
        _ = unsafe BIO_up_ref(port.bio)
        unsafe SSL_set_bio(ssl, port.bio, port.bio)
    }

    deinit {
        unsafe TLSIdentity.detach(from: ssl)
        // A connection without a close_notify is no reason to discard its session (RFC 5246, 7.2.1); after a
        // fatal alert libssl has already discarded it.
        unsafe SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN)
        unsafe SSL_free(ssl)
    }

    /// Continues the handshake until it ends or has to wait for the socket.
    package func handshake(
        socket: CInt, port: TLSPort, chooser: any TLSIdentityChooser
    ) -> TLSHandshakeStep {
        port.begin(on: socket)
        return handshake(port, chooser)
    }

    /// Continues the handshake of a client with bytes that were already received.
    ///
    /// - Parameters:
    ///   - socket: the client's.
    ///   - port: the port of its loop.
    ///   - chooser: answers the ClientHello.
    ///   - bytes: the received bytes.
    ///   - taken: set to the number of bytes that were used; pass the others again in the next call.
    ///   - isEmptied: whether they emptied the socket and the peer has not closed its side, so that later
    ///     bytes cause a new readiness event.
    /// - Returns: the progress of the handshake.
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
            // Not needed again: there is no renegotiation. Each session had a list of the chain.
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

    /// Adds the reason why a client's certificate was refused to the error.
    ///
    /// The error itself only reports a bad certificate or, for a bad signature, the internal function that
    /// found it.
    private func explained(_ error: TLSError) -> TLSError {
        guard let reason = verificationFailure else { return error }
        return TLSError("certificate refused: \(reason)", code: "certificate-verify-failed")
    }

    /// Why the peer's certificate was refused; nil when it was not verified or is good.
    var verificationFailure: String? {
        let result = unsafe SSL_get_verify_result(ssl)
        // A client's session verifies each certificate, even when it ignores the result.
        guard result != X509_V_OK, unsafe SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE else {
            return nil
        }
        return unsafe String(cString: X509_verify_cert_error_string(result))
    }

    /// Appends the received data, at most one TLS record, to `buffer`.
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

    /// Sends as many of `bytes` as the socket accepts.
    ///
    /// Pass the rest again, unchanged and complete, or with more after it: part of it may already be
    /// encrypted and sent (`SSL_write(3)`).
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

    /// Sends a close_notify, if the socket accepts one now: no more data follows.
    ///
    /// Reading is not affected. After a failure this does nothing.
    ///
    /// - Returns: false when the socket accepted none: call again when it is writable.
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

    /// The reason why the last call on `ssl` did not succeed.
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
    /// The identity that was selected; nil until the ClientHello has arrived.
    package var identity: TLSIdentity? { unsafe TLSIdentity.attached(to: ssl) }

    /// The name in the ClientHello, as the client sent it; nil when it sent none.
    ///
    /// A new string on each call: sessions keep no copy besides libssl's.
    package var serverName: String? {
        unsafe SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name).map { unsafe String(cString: $0) }
    }

    /// The protocol version, such as `TLSv1.3`.
    package var version: String { unsafe String(cString: SSL_get_version(ssl)) }

    /// The group of the key exchange, such as `x25519`, by the name of the library; nil when there was none.
    package var group: String? {
        unsafe copenssl_group_name(ssl).map { unsafe String(cString: $0) }
    }

    /// The name of the cipher, such as `TLS_AES_256_GCM_SHA384`.
    package var cipher: String { unsafe String(cString: copenssl_cipher_name(ssl)) }

    /// Whether libssl has buffered bytes, which the socket does not report.
    ///
    /// They may be part of a record only, so wait for the socket after `wantsRead` even so.
    package var hasBufferedInput: Bool { unsafe SSL_has_pending(ssl) == 1 }

    /// Whether the handshake resumed an earlier session.
    package var isResumed: Bool { unsafe SSL_session_reused(ssl) == 1 }

    /// The selected application protocol (ALPN, RFC 7301), nil for none.
    package var applicationProtocol: String? {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        unsafe SSL_get0_alpn_selected(ssl, &name, &count)
        guard count > 0 else { return nil }
        return unsafe String(
            decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
    }

    /// The client's certificate, nil for none; parsed on each call.
    package var peerCertificate: PeerCertificate? {
        unsafe SSL_get0_peer_certificate(ssl).map { unsafe PeerCertificate($0) }
    }
}
