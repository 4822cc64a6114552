internal import COpenSSL
internal import Glibc

/// A certificate, its private key and its chain, checked to belong together.
///
/// Immutable data that all handshakes share.
@safe package final class TLSCertificate: Sendable {
    // Shared by threads: not changed after init; libcrypto counts references atomically and locks
    // what it caches inside (openssl-threads(7)).
    nonisolated(unsafe) private let leaf: OpaquePointer
    nonisolated(unsafe) private let key: OpaquePointer
    /// A `STACK_OF(X509)` that begins with the issuer of the leaf; nil for none.
    nonisolated(unsafe) let chain: OpaquePointer?

    /// The first that clients cannot do without to end, by its name, nil for the host's own; and when.
    let end: (name: String?, time: Int)
    /// When the first of all that are shown ends, in seconds since 1970: they are to be read again.
    package let firstEnd: Int
    /// How many of the chain are the way that most clients go.
    private let wayLength: Int
    /// Whether that way ends below an issuer that is in the files, and is not valid.
    private let endsBelowInvalid: Bool

    /// Adds a reference of its own to each; the leaf must not be in the chain.
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

    /// Makes `ssl` show this certificate, if the security level of `ssl` allows it.
    func use(in ssl: OpaquePointer) -> Bool {
        unsafe SSL_use_cert_and_key(ssl, leaf, key, chain, 1) == 1
    }
}

extension TLSCertificate: TLSCertificateSource {
    package var certificates: [TLSCertificate] { [self] }
    package var isUsable: Bool { true }
}

extension TLSCertificate {
    /// Whether both show the same to a client.
    package func isSame(as other: TLSCertificate) -> Bool {
        unsafe copenssl_certificates_equal(leaf, chain, other.leaf, other.chain) == 1
    }

    /// Whether it is signed with its own key.
    package var isSelfSigned: Bool { unsafe CertificateChain.isSelfIssued(leaf) }

    /// The name of the issuer at the end of the chain that is neither there nor in the store.
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

    /// The DNS names and IP addresses it is for (subjectAltName); read anew each time.
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

    /// The subject as RFC 2253 writes it, such as `CN=www.example`.
    package var subject: String {
        unsafe OpenSSLText.printed { unsafe copenssl_print_name($0, X509_get_subject_name(leaf)) }
    }

    /// When it starts to be valid, in seconds since 1970.
    package var notBefore: Int { unsafe CertificateTime.seconds(X509_get0_notBefore(leaf)) }

    /// When clients begin to refuse it, in seconds since 1970: it ends then, or one of its chain that
    /// they cannot do without.
    package var notAfter: Int { end.time }

    /// The kind of its key, of which a client is shown one certificate: `EC`, `RSA`.
    package var keyKind: String {
        unsafe EVP_PKEY_get0_type_name(key).map { unsafe String(cString: $0) } ?? "key"
    }

    /// Kind and size of the key, such as `RSA with 1024 bits`.
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
