import COpenSSL
import Glibc
import TLS
import TestSupport

/// A TLS session a client may offer again.
@safe final class ClientSession {
    fileprivate let pointer: OpaquePointer

    fileprivate init(_ pointer: OpaquePointer) {
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe SSL_SESSION_free(pointer)
    }
}

/// What a client shows of itself.
struct ClientPair {
    /// Keeps the files.
    let directory: TemporaryDirectory
    let path: String
    let key: String
}

/// The client's side of a connection, straight from libssl, on a non-blocking socket.
@safe final class TestClient {
    /// How far a call came.
    enum Step: Equatable {
        case done, waits, ended
        case failed(reason: CInt)
    }

    private let context: OpaquePointer
    private let ssl: OpaquePointer

    init(
        socket: CInt, name: String? = nil, versions: ClosedRange<TLSPolicy.Version>? = nil,
        groups: String = "X25519:P-256", verifies: Bool = false,
        resuming session: ClientSession? = nil, takesTickets: Bool = true,
        protocols: [String] = [], certificate: ClientPair? = nil, trusting authority: String? = nil
    ) throws {
        guard let context = unsafe SSL_CTX_new(TLS_client_method()),
            let ssl = unsafe SSL_new(context)
        else { throw TestFailure("SSL_new") }
        unsafe self.context = context
        unsafe self.ssl = ssl
        _ = unsafe SSL_ctrl(
            ssl, SSL_CTRL_MODE,
            Int(SSL_MODE_ENABLE_PARTIAL_WRITE) | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER), nil)
        if verifies || authority != nil { unsafe SSL_set_verify(ssl, SSL_VERIFY_PEER, nil) }
        if let authority {
            guard unsafe SSL_CTX_load_verify_locations(context, authority, nil) == 1 else {
                throw TestFailure("authority")
            }
        }
        if let versions {
            _ = unsafe copenssl_set_versions(
                ssl, versions.lowerBound.rawValue, versions.upperBound.rawValue)
        }
        _ = unsafe copenssl_set_groups(ssl, groups)
        if !takesTickets { unsafe SSL_set_options(ssl, 1 << 14) }
        let offers = protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        if !offers.isEmpty { unsafe SSL_set_alpn_protos(ssl, offers, UInt32(offers.count)) }
        if let certificate {
            guard
                unsafe SSL_use_certificate_chain_file(ssl, certificate.path) == 1,
                unsafe SSL_use_PrivateKey_file(ssl, certificate.key, SSL_FILETYPE_PEM) == 1
            else { throw TestFailure("client certificate") }
        }
        if let name {
            var bytes = Array(name.utf8CString)
            _ = unsafe SSL_ctrl(
                ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name), &bytes)
        }
        if let session { unsafe SSL_set_session(ssl, session.pointer) }
        unsafe SSL_set_fd(ssl, socket)
        unsafe SSL_set_connect_state(ssl)
    }

    deinit {
        unsafe SSL_free(ssl)
        unsafe SSL_CTX_free(context)
    }

    func handshake() -> Step { step { unsafe SSL_do_handshake(ssl) } }

    func write(_ bytes: ArraySlice<UInt8>) -> (step: Step, count: Int) {
        var count = 0
        let step = step {
            unsafe bytes.withUnsafeBytes {
                unsafe SSL_write_ex(ssl, $0.baseAddress, $0.count, &count)
            }
        }
        return (step, count)
    }

    func read() -> (step: Step, bytes: [UInt8]) {
        var bytes = [UInt8](repeating: 0, count: 32_768)
        var count = 0
        let step = step { unsafe SSL_read_ex(ssl, &bytes, bytes.count, &count) }
        return (step, [UInt8](bytes[..<count]))
    }

    func shutdown() { _ = unsafe SSL_shutdown(ssl) }

    /// The records of so many KeyUpdates (RFC 8446, 4.6.3) and of some bytes after them, which the
    /// session must get next.
    func keyUpdates(_ count: Int, then bytes: [UInt8]) -> [UInt8] {
        let memory = unsafe BIO_new(BIO_s_mem())
        unsafe SSL_set0_wbio(ssl, memory)
        for _ in 0..<count {
            _ = unsafe SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED)
            _ = unsafe SSL_do_handshake(ssl)
        }
        _ = write(bytes[...])
        var start: UnsafeMutablePointer<CChar>?
        let length = unsafe copenssl_bio_contents(memory, &start)
        return unsafe UnsafeRawBufferPointer(start: start, count: length).map { $0 }
    }

    /// The session to resume; read first, so that TLS 1.3 tickets have arrived.
    var session: ClientSession? { unsafe SSL_get1_session(ssl).map { unsafe ClientSession($0) } }

    /// The application protocol that the server chose.
    var applicationProtocol: String? {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        unsafe SSL_get0_alpn_selected(ssl, &name, &count)
        guard count > 0 else { return nil }
        return unsafe String(
            decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
    }

    var isResumed: Bool { unsafe SSL_session_reused(ssl) == 1 }

    /// How many certificates the server showed.
    var shownCertificates: Int {
        Int(max(0, unsafe copenssl_certificates_count(SSL_get_peer_cert_chain(ssl))))
    }

    /// The DER bytes of the certificate the server showed.
    var serverCertificate: [UInt8] {
        guard let certificate = unsafe SSL_get0_peer_certificate(ssl) else { return [] }
        var bytes = [UInt8](repeating: 0, count: Int(unsafe i2d_X509(certificate, nil)))
        unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            var start = buffer.baseAddress
            _ = unsafe i2d_X509(certificate, &start)
        }
        return bytes
    }

    private func step(_ call: () -> CInt) -> Step {
        ERR_clear_error()
        let status = call()
        if status == 1 { return .done }
        switch unsafe SSL_get_error(ssl, status) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .waits
        case SSL_ERROR_ZERO_RETURN: return .ended
        default:
            defer { ERR_clear_error() }
            return .failed(reason: ERR_GET_REASON(ERR_peek_error()))
        }
    }
}

extension TestClient.Step {
    /// The failure of a client that was sent this alert.
    static func alert(_ number: CInt) -> Self { .failed(reason: SSL_AD_REASON_OFFSET + number) }
}
