internal import COpenSSL

/// The application protocols of a policy, and the callback that picks one (ALPN, RFC 7301).
@safe final class ProtocolList: Sendable {
    // Shared by threads: written in init only.
    nonisolated(unsafe) private let bytes: UnsafeMutableBufferPointer<UInt8>

    init(_ policy: TLSPolicy) {
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

    /// Makes a context pick by this list, which must outlive it.
    func apply(to context: OpaquePointer) {
        unsafe SSL_CTX_set_alpn_select_cb(
            context, selectProtocol, Unmanaged.passUnretained(self).toOpaque())
    }

    /// The first of ours that the client offers.
    fileprivate func select(
        _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
        _ length: UnsafeMutablePointer<UInt8>?, _ offers: UnsafePointer<UInt8>?, _ count: UInt32
    ) -> CInt {
        var name: UnsafeMutablePointer<UInt8>?
        let status = unsafe SSL_select_next_proto(
            &name, length, bytes.baseAddress, UInt32(bytes.count), offers, count)
        // Nothing in common: the alert no_application_protocol (RFC 7301, 3.2).
        guard status == OPENSSL_NPN_NEGOTIATED else { return SSL_TLSEXT_ERR_ALERT_FATAL }
        unsafe chosen?.pointee = UnsafePointer(name)
        return SSL_TLSEXT_ERR_OK
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
    return unsafe list.select(chosen, length, offers, count)
}
