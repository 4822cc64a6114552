internal import COpenSSL
internal import Glibc

/// The client's certificate, verified by the host's authorities.
package struct PeerCertificate: Sendable {
    /// The subject, in the format of RFC 2253.
    package let subject: String
    /// The issuer, in the same format.
    package let issuer: String
    /// The common name of the subject; nil when there is none or it is not plain text.
    package let commonName: String?
    /// The other names: `DNS:`, `IP:`, `email:` or `URI:`, followed by the name.
    package let alternativeNames: [String]
    /// The SHA-256 of the whole certificate, in lower-case hexadecimal digits.
    package let fingerprint: String

    /// Copies the fields of a certificate, without retaining it.
    init(_ certificate: OpaquePointer) {
        subject = unsafe OpenSSLText.printed {
            unsafe copenssl_print_name($0, X509_get_subject_name(certificate))
        }
        issuer = unsafe OpenSSLText.printed {
            unsafe copenssl_print_name($0, X509_get_issuer_name(certificate))
        }
        commonName = unsafe Self.commonName(in: X509_get_subject_name(certificate))
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

    /// The longest common name that is reported; RFC 5280 allows 64 characters.
    static let commonNameLimit = 1_024

    /// The first common name in the order of the certificate, as in haproxy and httpd.
    ///
    /// Read from the entry itself, so that the printed form of other entries cannot imitate one.
    static func commonName(in subject: OpaquePointer?) -> String? {
        defer { TLSError.discardQueue() }
        let index = unsafe X509_NAME_get_index_by_NID(subject, NID_commonName, -1)
        guard index >= 0 else { return nil }
        var text: UnsafeMutablePointer<UInt8>?
        // Any kind of string: BMPString, T61String and so on.
        let count = unsafe ASN1_STRING_to_UTF8(
            &text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index)))
        defer { unsafe CRYPTO_free(text, nil, 0) }
        guard (1...commonNameLimit).contains(Int(count)) else { return nil }
        return unsafe plainText(UnsafeBufferPointer(start: text, count: Int(count)))
    }

    /// The text, nil unless it is UTF-8 that is safe to print: a NUL truncates it for programs in C, and a
    /// line feed or a change of direction shows readers another name.
    private static func plainText(_ bytes: some Sequence<UInt8>) -> String? {
        guard let text = String(validating: bytes, as: UTF8.self),
            text.unicodeScalars.allSatisfy(\.isPlain)
        else { return nil }
        return text
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
            switch type {
            case GEN_DNS: return plainText(bytes).map { "DNS:\($0)" }
            case GEN_EMAIL: return plainText(bytes).map { "email:\($0)" }
            case GEN_URI: return plainText(bytes).map { "URI:\($0)" }
            default: return TLSCertificate.address(bytes).map { "IP:\($0)" }
            }
        }
    }
}

extension Unicode.Scalar {
    /// Whether it is neither a control character nor a line break nor a bidirectional control (UAX 9).
    fileprivate var isPlain: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: false
        default: !properties.isBidiControl
        }
    }
}
