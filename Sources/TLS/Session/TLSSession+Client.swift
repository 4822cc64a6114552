internal import COpenSSL

/// The progress of one call of ``TLSSession/connect(socket:port:)``.
package enum TLSConnectStep: Sendable {
    /// The handshake succeeded.
    case done
    /// The target's next message has not arrived.
    case wantsRead
    /// The send buffer of the socket is full.
    case wantsWrite
    /// The handshake failed, or the target's certificate is not acceptable.
    case failed(TLSError)
}

extension TLSSession {
    /// Creates the client's side of an outgoing connection.
    ///
    /// - Parameters:
    ///   - name: the name or address that the target's certificate must cover; a name is also sent to the
    ///     target (RFC 6066).
    ///   - context: the trusted authorities and our certificate.
    ///   - port: the port of the connection's loop.
    /// - Throws: the error of OpenSSL.
    package init(
        to name: String, context: TLSClientContext, port: TLSPort
    ) throws(TLSError) {
        try unsafe self.init(TLSSession.client(of: context, to: name), port: port)
    }

    private static func client(
        of context: TLSClientContext, to name: String
    ) throws(TLSError) -> OpaquePointer {
        TLSError.discardQueue()
        guard let ssl = unsafe SSL_new(context.pointer) else { throw TLSError.fromQueue() }
        unsafe SSL_set_connect_state(ssl)
        // An address is not a server name (RFC 6066, section 3), but a certificate can cover one.
        if unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) != 1 {
            TLSError.discardQueue()
            guard unsafe SSL_set1_host(ssl, name) == 1,
                unsafe copenssl_set_server_name(ssl, name) == 1
            else {
                unsafe SSL_free(ssl)
                throw TLSError("\"\(name)\" cannot be a server name", code: "name")
            }
        }
        unsafe context.newest.offer(to: ssl)
        return unsafe ssl
    }

    /// Continues the handshake until it ends or has to wait for the socket.
    package func connect(socket: CInt, port: TLSPort) -> TLSConnectStep {
        port.begin(on: socket)
        let status = unsafe SSL_do_handshake(ssl)
        if status == 1 { return .done }
        switch outcome(of: status, port) {
        case .wantsRead where !port.drained:
            return .failed(TLSError("handshake messages without end", code: "malformed"))
        case .wantsRead: return .wantsRead
        case .wantsWrite: return .wantsWrite
        case .end, .truncated:
            return .failed(TLSError("the target disconnected during the handshake", code: "closed"))
        case .failed(let error):
            guard let reason = verificationFailure else { return .failed(error) }
            return .failed(
                TLSError("its certificate was refused: \(reason)", code: "verification"))
        }
    }
}
