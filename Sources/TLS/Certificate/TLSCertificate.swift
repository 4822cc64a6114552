internal import COpenSSL
internal import Glibc

/// A certificate, its private key and its chain, checked to match.
///
/// Immutable and shared by all handshakes.
@safe package final class TLSCertificate: Sendable {
    // Shared by threads: not changed after init; libcrypto counts references atomically and locks its
    // internal caches (openssl-threads(7)).
    nonisolated(unsafe) private let leaf: OpaquePointer
    nonisolated(unsafe) private let key: OpaquePointer
    /// A `STACK_OF(X509)` that begins with the issuer of the leaf; nil for none.
    nonisolated(unsafe) let chain: OpaquePointer?

    /// The first certificate whose expiry makes clients refuse the chain (name nil for the leaf), and the
    /// time.
    let end: (name: String?, time: Int)
    /// The earliest expiry of all the certificates that are sent, in seconds since 1970: read the files again
    /// then.
    package let firstEnd: Int
    /// The length of the path that most clients verify.
    private let wayLength: Int
    /// Whether that path ends below an issuer that is in the files but not valid.
    private let endsBelowInvalid: Bool

    /// Retains each; the leaf must not be in the chain.
    init(leaf: OpaquePointer, key: OpaquePointer, _ ways: CertificateChain) {
        let chain = unsafe ways.pointer
        (end, firstEnd) = (ways.end, ways.firstEnd)
        (wayLength, endsBelowInvalid) = (ways.wayLength, ways.endsBelowInvalid)
        unsafe X509_up_ref(leaf)
        unsafe EVP_PKEY_up_ref(key)
        unsafe self.leaf = leaf
        unsafe self.key = key
        let count = unsafe copenssl_certificates_count(chain)
        unsafe self.chain = count > 0 ? X509_chain_up_ref(chain) : nil
    }

    deinit {
        unsafe X509_free(leaf)
        unsafe EVP_PKEY_free(key)
        unsafe copenssl_certificates_free(chain)
    }

    /// Sets this certificate on `ssl`, if the security level of `ssl` allows it.
    func use(in ssl: OpaquePointer) -> Bool {
        unsafe SSL_use_cert_and_key(ssl, leaf, key, chain, 1) == 1
    }
}

extension TLSCertificate: TLSCertificateSource {
    package var certificates: [TLSCertificate] { [self] }
    package var isUsable: Bool { true }
}

extension TLSCertificate {
    /// Whether both send the same certificates.
    package func isSame(as other: TLSCertificate) -> Bool {
        unsafe copenssl_certificates_equal(leaf, chain, other.leaf, other.chain) == 1
    }

    /// Whether it is self-signed.
    package var isSelfSigned: Bool { unsafe CertificateChain.isSelfIssued(leaf) }

    /// The issuer at the end of the chain that is neither in the chain nor in the store.
    func missingIssuer(_ store: TrustStore) -> String? {
        guard !endsBelowInvalid else { return nil }
        let last =
            unsafe wayLength > 0 ? copenssl_certificates_at(chain, CInt(wayLength - 1)) : leaf
        guard let last = unsafe last, unsafe !CertificateChain.isSelfIssued(last),
            unsafe !store.hasIssuer(of: last)
        else { return nil }
        return unsafe OpenSSLText.printed {
            unsafe copenssl_print_name($0, X509_get_issuer_name(last))
        }
    }

    /// The DNS names and IP addresses of the subjectAltName; parsed on each call.
    package var names: [String] {
        guard
            let extensions = unsafe X509_get_ext_d2i(leaf, NID_subject_alt_name, nil, nil)
        else { return [] }
        let list = OpaquePointer(extensions)
        defer { unsafe GENERAL_NAMES_free(list) }
        let total = unsafe copenssl_names_count(list)
        return (0..<total).compactMap { index -> String? in
            var type: CInt = 0
            var count: CInt = 0
            guard let start = unsafe copenssl_names_at(list, index, &type, &count) else {
                return nil
            }
            let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: Int(count)))
            switch type {
            case GEN_DNS: return String(decoding: bytes, as: UTF8.self)
            case GEN_IPADD: return Self.address(bytes)
            default: return nil
            }
        }
    }

    /// The subject in the format of RFC 2253, such as `CN=www.example`.
    package var subject: String {
        unsafe OpenSSLText.printed { unsafe copenssl_print_name($0, X509_get_subject_name(leaf)) }
    }

    /// The start of its validity, in seconds since 1970.
    package var notBefore: Int { unsafe CertificateTime.seconds(X509_get0_notBefore(leaf)) }

    /// The time when clients begin to refuse it, in seconds since 1970.
    ///
    /// The expiry of the certificate, or of one in its chain that they need.
    package var notAfter: Int { end.time }

    /// The type of its key, such as `EC` or `RSA`; a host has at most one certificate of each type.
    package var keyKind: String {
        unsafe EVP_PKEY_get0_type_name(key).map { unsafe String(cString: $0) } ?? "key"
    }

    /// Type and size of the key, such as `RSA with 1024 bits`.
    var keyDescription: String {
        "\(keyKind) with \(unsafe EVP_PKEY_get_bits(key)) bits"
    }

    static func address(_ bytes: [UInt8]) -> String? {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard unsafe inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else {
            return nil
        }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    }
}
