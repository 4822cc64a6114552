internal import COpenSSL

/// The authorities of clients' certificates and their revocation lists, as read from the files.
///
/// Theory of operation: each authority is trusted by itself, root or not (`X509_V_FLAG_PARTIAL_CHAIN`), so an
/// intermediate alone suffices. Revocation lists complicate this: libcrypto then ends a chain at the first
/// authority that it knows and, when it searches for the list that may revoke that authority, treats the
/// authority as its own issuer. When every authority has a path to a root among them, chains must reach a
/// root, as they must without the flag, and every certificate is checked. When one has none, an authority
/// that is trusted by itself is not checked during verification (RFC 5280, 6.1: a trust anchor is not part of
/// the path), but here, once: an authority that the list of another revokes is not trusted.
@safe final class ClientAuthorities {
    /// A `STACK_OF(X509)`.
    private let certificates: OpaquePointer
    private var lists: [OpaquePointer] = unsafe []

    init() throws(TLSError) {
        guard let certificates = unsafe copenssl_certificates_new() else { throw .fromQueue() }
        unsafe self.certificates = certificates
    }

    deinit {
        unsafe copenssl_certificates_free(certificates)
        unsafe lists.forEach { unsafe X509_CRL_free($0) }
    }

    var count: Int { Int(max(0, unsafe copenssl_certificates_count(certificates))) }

    /// Retains and adds a certificate.
    func add(_ certificate: OpaquePointer) {
        guard unsafe X509_up_ref(certificate) == 1 else { return }
        _ = unsafe copenssl_certificates_push(certificates, certificate)
    }

    /// Retains and adds a list.
    func add(list: OpaquePointer) {
        guard unsafe X509_CRL_up_ref(list) == 1 else { return }
        unsafe lists.append(list)
    }

    /// Configures a context to trust the authorities, send clients their names, and check the lists.
    ///
    /// - Parameters:
    ///   - context: the context of the handshakes.
    ///   - hasLists: whether there is a file of lists.
    /// - Throws: the error of OpenSSL.
    func apply(to context: OpaquePointer, hasLists: Bool) throws(TLSError) {
        defer { TLSError.discardQueue() }
        let store = unsafe SSL_CTX_get_cert_store(context)
        // Set on the store and not on the context: SSL_set_SSL_CTX only applies the flags of the store.
        var flags = UInt(X509_V_FLAG_PARTIAL_CHAIN)
        var trusted = Array(0..<count)
        if hasLists {
            flags |= UInt(X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL)
            if trusted.allSatisfy(reachesRoot) {
                flags &= ~UInt(X509_V_FLAG_PARTIAL_CHAIN)
            } else {
                trusted = unrevoked()
                unsafe X509_STORE_set_verify_cb(store, forgiveAnchor)
            }
        }
        _ = unsafe X509_STORE_set_flags(store, flags)
        for index in trusted {
            guard unsafe X509_STORE_add_cert(store, self[index]) == 1,
                unsafe SSL_CTX_add_client_CA(context, self[index]) == 1
            else { throw .fromQueue() }
        }
        for index in unsafe lists.indices {
            guard unsafe X509_STORE_add_crl(store, lists[index]) == 1 else { throw .fromQueue() }
        }
    }

    private subscript(_ index: Int) -> OpaquePointer? {
        unsafe copenssl_certificates_at(certificates, CInt(index))
    }

    /// Whether a chain from this authority reaches a root that has not expired.
    private func reachesRoot(_ start: Int) -> Bool {
        var (open, seen) = ([start], Set([start]))
        while let next = open.popLast() {
            guard let certificate = unsafe self[next] else { continue }
            if unsafe CertificateChain.isSelfIssued(certificate) {
                if unsafe X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0 { return true }
                continue
            }
            open += issuers(of: next).filter { seen.insert($0).inserted }
        }
        return false
    }

    private func issuers(of index: Int) -> [Int] {
        let certificate = unsafe self[index]
        return (0..<count).filter { other in
            guard other != index, let issuer = unsafe self[other] else { return false }
            return unsafe X509_check_issued(issuer, certificate) == X509_V_OK
                && X509_verify(certificate, X509_get0_pubkey(issuer)) == 1
        }
    }

    /// The authorities that no list of another one or of its issuer revokes.
    ///
    /// When several issued an authority, it is kept if any of them does not revoke it.
    private func unrevoked() -> [Int] {
        let issuers = (0..<count).map { self.issuers(of: $0) }
        var good = Set(0..<count)
        while true {
            let next = good.filter { index in
                issuers[index].isEmpty
                    || issuers[index].contains { good.contains($0) && !isRevoked(index, by: $0) }
            }
            if next.count == good.count { return good.sorted() }
            good = next
        }
    }

    private func isRevoked(_ index: Int, by issuer: Int) -> Bool {
        let (certificate, key) = unsafe (self[index], X509_get0_pubkey(self[issuer]))
        let name = unsafe X509_get_subject_name(self[issuer])
        return unsafe lists.indices.contains { place in
            var entry: OpaquePointer?
            let list = unsafe lists[place]
            return unsafe X509_NAME_cmp(X509_CRL_get_issuer(list), name) == 0
                && X509_CRL_verify(list, key) == 1
                && X509_CRL_get0_by_cert(list, &entry, certificate) == 1
        }
    }
}

/// `X509_STORE_CTX_verify_cb`: the trust anchor of a chain needs no list unless it is a root.
private func forgiveAnchor(isGood: CInt, search: OpaquePointer?) -> CInt {
    guard isGood == 0, let certificate = unsafe X509_STORE_CTX_get_current_cert(search),
        unsafe !CertificateChain.isSelfIssued(certificate),
        unsafe X509_STORE_CTX_get_error_depth(search)
            == copenssl_certificates_count(X509_STORE_CTX_get0_chain(search)) - 1
    else { return isGood }
    switch unsafe X509_STORE_CTX_get_error(search) {
    case X509_V_ERR_UNABLE_TO_GET_CRL, X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER,
        X509_V_ERR_CRL_SIGNATURE_FAILURE, X509_V_ERR_CRL_NOT_YET_VALID,
        X509_V_ERR_CRL_HAS_EXPIRED, X509_V_ERR_KEYUSAGE_NO_CRL_SIGN,
        X509_V_ERR_DIFFERENT_CRL_SCOPE, X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
        unsafe X509_STORE_CTX_set_error(search, X509_V_OK)
        return 1
    default:
        return isGood
    }
}
