internal import COpenSSL
internal import Glibc
internal import Platform

/// A TLS connection, straight from libssl.
@safe package final class TLSClient: TestClient {
    /// A protocol version.
    package enum Version: CInt, Sendable {
        case tls12 = 0x0303
        case tls13 = 0x0304
    }

    /// What the TLS engine of the client said.
    package struct Refusal: Error, Hashable, Sendable {
        /// The reason as OpenSSL words it, such as `tlsv1 unrecognized name` for that alert.
        package let reason: String

        /// Words a refusal.
        package init(reason: String) {
            self.reason = reason
        }
    }

    private let socket: PlainClient
    private let context: OpaquePointer
    private let ssl: OpaquePointer
    private var isUpdating = false

    package var descriptor: CInt { socket.descriptor }

    /// Connects and shakes hands.
    ///
    /// - Parameters:
    ///   - address: 127.0.0.1 or ::1.
    ///   - port: the server's port.
    ///   - name: the server name to ask for, none where nil.
    ///   - version: the only version to speak, any where nil.
    /// - Throws: ``Refusal`` when the server does not let it in.
    package convenience init(
        to address: String, port: UInt16, name: String? = nil, version: Version? = nil
    ) throws {
        try self.init(
            over: PlainClient(to: address, port: port), name: name, version: version)
    }

    /// Shakes hands over a connection.
    package init(over socket: PlainClient, name: String?, version: Version? = nil) throws {
        guard let context = unsafe SSL_CTX_new(TLS_client_method()),
            let ssl = unsafe SSL_new(context)
        else { throw TestFailure("SSL_new") }
        self.socket = socket
        unsafe self.context = context
        unsafe self.ssl = ssl
        if let version {
            _ = unsafe copenssl_set_versions(ssl, version.rawValue, version.rawValue)
        }
        if let name {
            var bytes = Array(name.utf8CString)
            _ = unsafe SSL_ctrl(
                ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name), &bytes)
        }
        _ = unsafe SSL_set_fd(ssl, socket.descriptor)
        unsafe SSL_set_connect_state(ssl)
        while try step({ unsafe SSL_do_handshake(ssl) }) == nil {
            try waitUntilReady(descriptor, POLLIN, "the server's part of the handshake")
        }
    }

    deinit {
        unsafe SSL_free(ssl)
        unsafe SSL_CTX_free(context)
    }

    package func sendNow(_ bytes: ArraySlice<UInt8>) throws -> Int {
        var count = 0
        let isDone = try step {
            unsafe bytes.prefix(16_384).withUnsafeBytes {
                unsafe SSL_write_ex(ssl, $0.baseAddress, $0.count, &count)
            }
        }
        guard isDone != false else { throw TestFailure("the server has ended the connection") }
        return count
    }

    package func receiveNow() throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        var count = 0
        return try step { unsafe SSL_read_ex(ssl, &bytes, bytes.count, &count) }
            .map { $0 ? Array(bytes.prefix(count)) : [] }
    }

    /// Sends a KeyUpdate that asks for one of the server (RFC 8446, 4.6.3).
    ///
    /// - Returns: whether all of it is sent; if not, the next call goes on with it.
    package func requestKeyUpdate() throws -> Bool {
        if !isUpdating { _ = unsafe SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED) }
        isUpdating = try step { unsafe SSL_do_handshake(ssl) } == nil
        return !isUpdating
    }

    package func endOutput() { _ = BrokenPipe.blocked { unsafe SSL_shutdown(ssl) } }
    package func close() { socket.close() }

    /// Closes with a reset instead of a goodbye.
    package func reset() { socket.reset() }

    /// The protocol version, such as `TLSv1.3`.
    package var version: String { unsafe String(cString: SSL_get_version(ssl)) }

    /// The subject of the server's certificate, such as `/CN=a.test`.
    package var serverCertificate: String {
        guard let certificate = unsafe SSL_get0_peer_certificate(ssl) else { return "" }
        var text = [CChar](repeating: 0, count: 512)
        _ = unsafe X509_NAME_oneline(X509_get_subject_name(certificate), &text, 512)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8($0) }, as: UTF8.self)
    }

    /// - Returns: true when the call is done, false at the end, nil when it has to wait.
    private func step(_ call: () -> CInt) throws -> Bool? {
        ERR_clear_error()
        errno = 0
        // libssl writes with write(2).
        let status = BrokenPipe.blocked(during: call)
        if status == 1 { return true }
        switch unsafe SSL_get_error(ssl, status) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return nil
        case SSL_ERROR_ZERO_RETURN: return false
        default:
            let code = ERR_get_error()
            guard code != 0 else { throw TestFailure.last("TLS connection") }
            throw Refusal(reason: unsafe String(cString: ERR_reason_error_string(code)))
        }
    }
}
