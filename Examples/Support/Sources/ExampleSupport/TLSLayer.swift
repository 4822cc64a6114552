import CTLS
import Glibc

/// How a client shakes hands.
public struct TLSSettings: Sendable {
    /// The name that it asks for (SNI).
    public var serverName: String
    /// The certificate that it presents, none where nil.
    public var certificate: CertificateFiles?

    /// Names the server.
    public init(serverName: String, certificate: CertificateFiles? = nil) {
        self.serverName = serverName
        self.certificate = certificate
    }
}

/// The TLS session of one connected socket, straight from libssl.
final class TLSLayer {
    private let session: OpaquePointer

    init(_ descriptor: CInt, _ settings: TLSSettings) throws {
        // libssl writes with write(2).
        signal(SIGPIPE, SIG_IGN)
        guard let context = SSL_CTX_new(TLS_client_method()) else {
            throw TestClientError("SSL_CTX_new")
        }
        defer { SSL_CTX_free(context) }
        if let files = settings.certificate {
            SSL_CTX_use_certificate_chain_file(context, files.certificate)
            SSL_CTX_use_PrivateKey_file(context, files.key, SSL_FILETYPE_PEM)
        }
        guard let session = SSL_new(context) else { throw TestClientError("SSL_new") }
        self.session = session
        var name = Array(settings.serverName.utf8CString)
        SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name), &name)
        SSL_set_fd(session, descriptor)
        ERR_clear_error()
        guard SSL_connect(session) == 1 else {
            throw TestClientError("handshake", tls: ERR_get_error())
        }
    }

    deinit { SSL_free(session) }

    func send(_ bytes: [UInt8]) -> Int {
        ERR_clear_error()
        return Int(SSL_write(session, bytes, CInt(bytes.count)))
    }

    /// - Returns: how many bytes, 0 at the end.
    func receive(_ bytes: inout [UInt8]) throws -> Int {
        ERR_clear_error()
        let count = SSL_read(session, &bytes, CInt(bytes.count))
        guard count <= 0 else { return Int(count) }
        guard SSL_get_error(session, count) == SSL_ERROR_ZERO_RETURN else {
            throw TestClientError("receive", tls: ERR_get_error())
        }
        return 0
    }

    func endOutput() { SSL_shutdown(session) }

    var serverName: String? {
        guard let certificate = SSL_get0_peer_certificate(session) else { return nil }
        var text = [CChar](repeating: 0, count: 256)
        X509_NAME_get_text_by_NID(
            X509_get_subject_name(certificate), NID_commonName, &text, CInt(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
