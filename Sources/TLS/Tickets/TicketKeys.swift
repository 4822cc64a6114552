internal import COpenSSL

/// The keys of session tickets (RFC 5077, section 4): the first seals, all open.
///
/// Immutable, so that all loops share it, and wiped when the last reference is released.
@safe package final class TicketKeys: Sendable {
    /// The bytes of one key: 16 for its name in a ticket, 32 for HMAC-SHA-256, 32 for AES-256-CBC.
    package static let keySize = 80
    /// The most keys of a file.
    package static let limit = 8

    // Shared by threads: written in init only.
    nonisolated(unsafe) private let bytes: UnsafeMutableBufferPointer<UInt8>

    /// Creates one random key.
    package convenience init() {
        unsafe self.init(
            random: Self.keySize, rest: UnsafeBufferPointer(start: nil, count: 0))
    }

    /// Copies the keys of a file: `keySize` bytes each.
    convenience init(_ keys: UnsafeBufferPointer<UInt8>) { unsafe self.init(random: 0, rest: keys) }

    /// A new random key, followed by the current one, which then only opens tickets.
    package func rotated() -> TicketKeys {
        unsafe TicketKeys(
            random: Self.keySize, rest: UnsafeBufferPointer(rebasing: bytes[..<Self.keySize]))
    }

    private init(random count: Int, rest: UnsafeBufferPointer<UInt8>) {
        unsafe bytes = .allocate(capacity: count + rest.count)
        guard unsafe RAND_priv_bytes(bytes.baseAddress, CInt(count)) == 1 else {
            preconditionFailure("the random generator of libcrypto has no seed")
        }
        _ = unsafe bytes.extracting(count...).initialize(fromContentsOf: rest)
    }

    deinit {
        unsafe OPENSSL_cleanse(bytes.baseAddress, bytes.count)
        unsafe bytes.deallocate()
    }

    /// Sets up cipher and MAC for a new ticket, and writes the name of its key.
    func seal(
        _ name: UnsafeMutablePointer<UInt8>, _ vector: UnsafeMutablePointer<UInt8>,
        _ cipher: OpaquePointer?, _ mac: OpaquePointer?
    ) -> CInt {
        guard let key = unsafe bytes.baseAddress,
            unsafe RAND_bytes(vector, EVP_CIPHER_get_iv_length(Self.cipher)) == 1,
            unsafe EVP_EncryptInit_ex(cipher, Self.cipher, nil, key + 48, vector) == 1,
            unsafe copenssl_mac_set_key(mac, key + 16, 32) == 1
        else { return -1 }
        unsafe name.update(from: key, count: 16)
        return 1
    }

    /// Sets up cipher and MAC to open a ticket.
    ///
    /// A single-use ticket (RFC 8446, C.4) is always followed by another.
    ///
    /// - Returns: 1; 2 when a new ticket should follow; 0 when no key has the name.
    func open(
        _ name: UnsafeMutablePointer<UInt8>, _ vector: UnsafeMutablePointer<UInt8>,
        _ cipher: OpaquePointer?, _ mac: OpaquePointer?, isSingleUse: Bool
    ) -> CInt {
        let size = unsafe bytes.count
        for start in stride(from: 0, to: size, by: Self.keySize) {
            guard let key = unsafe bytes.extracting(start...).baseAddress,
                unsafe CRYPTO_memcmp(name, key, 16) == 0
            else { continue }
            guard unsafe EVP_DecryptInit_ex(cipher, Self.cipher, nil, key + 48, vector) == 1,
                unsafe copenssl_mac_set_key(mac, key + 16, 32) == 1
            else { return -1 }
            return start == 0 && !isSingleUse ? 1 : 2
        }
        return 0
    }

    /// Fetched once: the lookup by name costs more than the encryption of a ticket.
    nonisolated(unsafe) private static let cipher = unsafe EVP_CIPHER_fetch(nil, "AES-256-CBC", nil)
}

/// Provides the current ticket keys.
package protocol TicketKeySource: AnyObject, Sendable {
    /// The current keys; read by loops for each ticket.
    var ticketKeys: TicketKeys { get }
}

/// Seals or opens a ticket: `SSL_CTX_set_tlsext_ticket_key_evp_cb(3)`.
///
/// The keys come through the port of the running call, as the answer to a ClientHello does: they belong to
/// the process and outlive every context.
func ticketKeyCallback(
    ssl: OpaquePointer?, name: UnsafeMutablePointer<UInt8>?, vector: UnsafeMutablePointer<UInt8>?,
    cipher: OpaquePointer?, mac: OpaquePointer?, isNew: CInt
) -> CInt {
    guard let name = unsafe name, let vector = unsafe vector,
        let port = unsafe TLSPort.serving(ssl)
    else { return -1 }
    let keys = port.ticketKeys.ticketKeys
    guard isNew == 0 else { return unsafe keys.seal(name, vector, cipher, mac) }
    return unsafe keys.open(
        name, vector, cipher, mac, isSingleUse: SSL_version(ssl) == TLS1_3_VERSION)
}
