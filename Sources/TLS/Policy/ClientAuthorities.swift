internal import COpenSSL

/// The authorities of clients and their revocation lists, as their files have them.
///
/// Theory of operation: each authority is trusted by itself, whether it is a root or not
/// (`X509_V_FLAG_PARTIAL_CHAIN`), so that an intermediate alone will do. With revocation lists that has
/// a catch: libcrypto then ends a chain at the first authority that it knows, and takes that one's own
/// issuer for itself when it looks for the list that may revoke it. Where every authority has a way to a
/// root among them, chains are to go that far, as they do without the flag, and all is checked. Where
/// one has none, who is trusted by itself is not looked up in a list (RFC 5280, 6.1: a trust anchor is
/// no part of the path), but here, once: an authority that the list of another revokes is not trusted.
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

    /// Adds a reference of its own.
    func add(_ certificate: OpaquePointer) {
        guard unsafe X509_up_ref(certificate) == 1 else { return }
        _ = unsafe copenssl_certificates_push(certificates, certificate)
    }

    /// Adds a reference of its own.
    func add(list: OpaquePointer) {
        guard unsafe X509_CRL_up_ref(list) == 1 else { return }
        unsafe lists.append(list)
    }

    /// Makes a context trust them, tell clients their names, and check by the lists.
    ///
    /// - Parameters:
    ///   - context: what clients shake hands with.
    ///   - hasLists: whether there is a file of lists.
    /// - Throws: what OpenSSL says.
    func apply(to context: OpaquePointer, hasLists: Bool) throws(TLSError) {
        defer { TLSError.discardQueue() }
        let store = unsafe SSL_CTX_get_cert_store(context)
        // In the store and not in the context: it is what a switch of contexts takes along.
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

    /// Whether a chain from one of them gets to a root that has not ended.
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

    /// Those that are not revoked by the list of another of them, or by that of an issuer of it: of
    /// several who issued one, any that does not revoke it will do.
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

/// `X509_STORE_CTX_verify_cb`: no list is needed for the authority that a chain ends at, where that is
/// not a root.
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
