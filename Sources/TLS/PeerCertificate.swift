internal import COpenSSL
internal import Glibc

/// The certificate that a client showed, and that the host's authorities vouch for.
package struct PeerCertificate: Sendable {
    /// Whom it is for, as RFC 2253 writes names.
    package let subject: String
    /// Who issued it.
    package let issuer: String
    /// Its other names: `DNS:`, `IP:`, `email:` or `URI:`, and the name.
    package let alternativeNames: [String]
    /// The SHA-256 of the whole certificate, in lower-case hexadecimal digits.
    package let fingerprint: String

    /// Reads a certificate; it keeps nothing of it.
    init(_ certificate: OpaquePointer) {
        subject = unsafe OpenSSLText.printed {
            unsafe copenssl_print_name($0, X509_get_subject_name(certificate))
        }
        issuer = unsafe OpenSSLText.printed {
            unsafe copenssl_print_name($0, X509_get_issuer_name(certificate))
        }
        alternativeNames = unsafe Self.names(of: certificate)
        let digits = Array("0123456789abcdef")
        fingerprint = String(
            unsafe Self.fingerprint(of: certificate).flatMap { byte in
                [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            })
    }

    /// The SHA-256 of the DER form.
    static func fingerprint(of certificate: OpaquePointer?) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
            let done = unsafe X509_digest(certificate, EVP_sha256(), buffer.baseAddress, nil)
            precondition(done == 1, "SHA-256 is part of every libcrypto")
            count = 32
        }
    }

    private static func names(of certificate: OpaquePointer) -> [String] {
        guard
            let raw = unsafe X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil)
        else { return [] }
        let list = OpaquePointer(raw)
        defer { unsafe GENERAL_NAMES_free(list) }
        return (0..<(unsafe copenssl_names_count(list))).compactMap { index in
            var type: CInt = 0
            var count: CInt = 0
            guard let start = unsafe copenssl_names_at(list, index, &type, &count) else {
                return nil
            }
            let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: Int(count)))
            let text = String(decoding: bytes, as: UTF8.self)
            switch type {
            case GEN_DNS: return "DNS:\(text)"
            case GEN_EMAIL: return "email:\(text)"
            case GEN_URI: return "URI:\(text)"
            default: return TLSCertificate.address(bytes).map { "IP:\($0)" }
            }
        }
    }
}
