internal import COpenSSL

/// The application protocols of a policy, and the callback that selects one (ALPN, RFC 7301).
@safe final class ProtocolList: Sendable {
    // Shared by threads: written in init only.
    nonisolated(unsafe) private let bytes: UnsafeMutableBufferPointer<UInt8>
    private let names: [String]

    init(_ policy: TLSPolicy) {
        self.names = policy.applicationProtocols
        let names = policy.applicationProtocols.flatMap { name in
            precondition((1...255).contains(name.utf8.count), "an ALPN name has 1 to 255 bytes")
            return [UInt8(name.utf8.count)] + Array(name.utf8)
        }
        unsafe bytes = .allocate(capacity: names.count)
        _ = unsafe bytes.initialize(fromContentsOf: names)
    }

    deinit {
        unsafe bytes.deallocate()
    }

    /// Configures a context to select from this list, which must outlive the context.
    func apply(to context: OpaquePointer) {
        unsafe SSL_CTX_set_alpn_select_cb(
            context, selectProtocol, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Selects the first of our protocols that the client offers.
    ///
    /// Without a common one the alert is no_application_protocol (RFC 7301, 3.2): an attacker who redirects
    /// the client of another protocol to this host, whose certificate the client accepts, must get no answer
    /// (ALPACA).
    fileprivate func select(
        _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
        _ length: UnsafeMutablePointer<UInt8>?, _ offers: UnsafePointer<UInt8>?, _ count: UInt32
    ) -> CInt {
        var name: UnsafeMutablePointer<UInt8>?
        // OpenSSL accepts neither list empty (CVE-2024-5535).
        let status =
            unsafe bytes.isEmpty || count == 0
            ? OPENSSL_NPN_NO_OVERLAP
            : SSL_select_next_proto(
                &name, length, bytes.baseAddress, UInt32(bytes.count), offers, count)
        guard status == OPENSSL_NPN_NEGOTIATED else { return SSL_TLSEXT_ERR_ALERT_FATAL }
        unsafe chosen?.pointee = UnsafePointer(name)
        return SSL_TLSEXT_ERR_OK
    }

    /// The error for a client that offers none of our protocols.
    fileprivate func refusal(_ offers: UnsafePointer<UInt8>?, _ count: UInt32) -> TLSError {
        let rest = unsafe [UInt8](UnsafeBufferPointer(start: offers, count: Int(count)))
        var (offered, index) = ([String](), 0)
        while index < rest.count {
            let end = min(rest.count, index + 1 + Int(rest[index]))
            offered.append("\"\(String(decoding: rest[(index + 1)..<end], as: UTF8.self))\"")
            index = end
        }
        let shown = 5
        let more = offered.count > shown ? " and \(offered.count - shown) more" : ""
        let list = offered.prefix(shown).joined(separator: ", ") + more
        let own = names.isEmpty ? "none" : "only \(names.joined(separator: ", "))"
        return TLSError(
            "no application protocol: it offers \(list) by ALPN, and the host speaks \(own):"
                + " SslAlpnProtocols allows others", code: "no-application-protocol")
    }
}

/// `SSL_CTX_alpn_select_cb_func`.
private func selectProtocol(
    ssl: OpaquePointer?, chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    length: UnsafeMutablePointer<UInt8>?, offers: UnsafePointer<UInt8>?, count: UInt32,
    argument: UnsafeMutableRawPointer?
) -> CInt {
    guard let argument = unsafe argument else { return SSL_TLSEXT_ERR_NOACK }
    let list = unsafe Unmanaged<ProtocolList>.fromOpaque(argument).takeUnretainedValue()
    let status = unsafe list.select(chosen, length, offers, count)
    if status == SSL_TLSEXT_ERR_ALERT_FATAL, let port = unsafe TLSPort.serving(ssl) {
        port.refusal = unsafe .error(list.refusal(offers, count))
    }
    return status
}
