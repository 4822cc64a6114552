internal import COpenSSL

/// The way from a certificate towards its root, found among certificates in any order.
///
/// Issuers are told by their signature, not by their name alone. What does not belong to the way is
/// left out: a client that checks strictly (TLS 1.2, RFC 5246, 7.4.2) would stumble over it.
@safe final class CertificateChain {
    /// From the issuer of the leaf upwards, a `STACK_OF(X509)` that may be empty.
    let pointer: OpaquePointer
    /// Whether the file had them in another order.
    private(set) var isReordered = false

    /// Finds the way.
    ///
    /// - Parameters:
    ///   - leaf: where it begins.
    ///   - list: the certificates to find it among; those that are used are taken out.
    /// - Throws: the sentence about a certificate whose issuer is there by its name, but did not sign
    ///   it.
    init(from leaf: OpaquePointer, among list: OpaquePointer) throws(TLSError) {
        guard let chain = unsafe copenssl_certificates_new() else { throw .fromQueue() }
        unsafe pointer = chain
        defer { TLSError.discardQueue() }
        var last = unsafe leaf
        while unsafe !Self.isSelfIssued(last) {
            guard let index = try unsafe Self.issuer(of: last, among: list) else { return }
            // In the right order, each is the first of those that are left.
            isReordered = isReordered || index != 0
            guard let issuer = unsafe copenssl_certificates_remove(list, index) else { return }
            _ = unsafe copenssl_certificates_push(chain, issuer)
            unsafe last = issuer
        }
        guard unsafe Self.isSigned(last, by: last) else {
            throw TLSError(
                "has a certificate whose own signature is not genuine: \(unsafe Self.name(of: last))",
                code: "bad-signature")
        }
    }

    deinit {
        unsafe copenssl_certificates_free(pointer)
    }

    /// Whether a certificate is its own issuer.
    static func isSelfIssued(_ certificate: OpaquePointer) -> Bool {
        unsafe X509_NAME_cmp(
            X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0
    }

    /// The place of the certificate that signed another, nil when there is none of its name; of two
    /// with one key, that of the first that has not ended.
    private static func issuer(
        of certificate: OpaquePointer, among list: OpaquePointer
    ) throws(TLSError) -> CInt? {
        let name = unsafe X509_get_issuer_name(certificate)
        var namesake: OpaquePointer?
        var ended: CInt?
        for index in 0..<max(0, unsafe copenssl_certificates_count(list)) {
            guard let candidate = unsafe copenssl_certificates_at(list, index),
                unsafe X509_NAME_cmp(X509_get_subject_name(candidate), name) == 0
            else { continue }
            guard unsafe isSigned(certificate, by: candidate) else {
                unsafe namesake = candidate
                continue
            }
            if unsafe X509_cmp_current_time(X509_get0_notAfter(candidate)) > 0 { return index }
            ended = ended ?? index
        }
        if let ended { return ended }
        guard let namesake = unsafe namesake else { return nil }
        throw TLSError(
            "has a chain that does not hold: \(unsafe Self.name(of: certificate)) is not signed by"
                + " the key of \(unsafe Self.name(of: namesake))", code: "bad-signature")
    }

    private static func isSigned(_ certificate: OpaquePointer, by issuer: OpaquePointer) -> Bool {
        unsafe X509_verify(certificate, X509_get0_pubkey(issuer)) == 1
    }

    /// The subject for a message.
    static func name(of certificate: OpaquePointer) -> String {
        unsafe OpenSSLText.printed {
            unsafe copenssl_print_name($0, X509_get_subject_name(certificate))
        }
    }
}
