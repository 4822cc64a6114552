internal import COpenSSL
internal import Glibc

/// The certificates that a host sends after its own, found among certificates in any order.
///
/// First the path that most clients verify, then, where the files have them, the certificates of alternative
/// paths: when two roots issued certificates for one key, some clients know only one of the roots.
/// Certificates outside every path are not sent, nor are expired ones: no client can use them, and older
/// clients fail on them.
@safe final class CertificateChain {
    /// From the issuer of the leaf upwards, a `STACK_OF(X509)` that may be empty.
    let pointer: OpaquePointer
    /// The length of the first path.
    private(set) var wayLength = 0
    /// Whether the file has the certificates in another order.
    private(set) var isReordered = false
    /// The first certificate whose expiry leaves clients without a path (name nil for the leaf), and the
    /// time.
    private(set) var end: (name: String?, time: Int) = (nil, 0)
    /// The earliest expiry of all the certificates that are sent.
    private(set) var firstEnd = 0
    /// Whether the first path ends below an issuer that is in the files but not valid.
    private(set) var endsBelowInvalid = false
    /// The certificates that are not sent, and why.
    private(set) var findings: [CertificateFinding] = []

    /// Builds the paths.
    ///
    /// - Parameters:
    ///   - leaf: the start of every path.
    ///   - list: the certificates to search, a `STACK_OF(X509)`.
    /// - Throws: a message about a certificate whose issuer is present by name but did not sign it, or about
    ///   one without which no client can verify the chain.
    init(from leaf: OpaquePointer, among list: OpaquePointer) throws(TLSError) {
        guard let chain = unsafe copenssl_certificates_new() else { throw .fromQueue() }
        unsafe pointer = chain
        defer { TLSError.discardQueue() }
        let places = unsafe Self.places(in: list, beside: leaf)
        func certificate(_ node: Int) -> OpaquePointer {
            unsafe node == 0 ? leaf : copenssl_certificates_at(list, places[node - 1]) ?? leaf
        }
        let nodes = (0...places.count).map { unsafe CertificateWays.Node(certificate($0)) }
        let ways = CertificateWays(nodes) { (node) throws(TLSError) in
            try unsafe Self.issuers(of: node, places.count, certificate)
        } hasIssuer: {
            unsafe TrustStore.shared.hasIssuer(of: certificate($0))
        }
        let now = Glibc.time(nil)
        let way = try ways.way(at: now)
        let all = try ways.all(from: way, at: now)
        for node in all {
            let shown = unsafe certificate(node)
            guard unsafe !nodes[node].isSelfIssued || Self.isSigned(shown, by: shown) else {
                throw TLSError(
                    "has a certificate whose own signature is invalid: \(nodes[node].name)",
                    code: "bad-signature")
            }
            guard unsafe X509_up_ref(shown) == 1 else { throw .fromQueue() }
            _ = unsafe copenssl_certificates_push(chain, shown)
        }
        wayLength = way.steps.count
        isReordered = zip(way.steps, way.steps.dropFirst()).contains { $0 > $1 }
        endsBelowInvalid = way.invalid != nil
        let first = ways.firstToEnd(of: all)
        end = (first == 0 ? nil : ways.nodes[first].name, ways.nodes[first].until)
        firstEnd = ([0] + all).map { ways.nodes[$0].until }.min() ?? 0
        tellRest(of: ways, shown: Set(all), at: now)
    }

    deinit {
        unsafe copenssl_certificates_free(pointer)
    }

    /// The positions of all certificates except the leaf and duplicates.
    private static func places(in list: OpaquePointer, beside leaf: OpaquePointer) -> [CInt] {
        var seen: Set = [unsafe PeerCertificate.fingerprint(of: leaf)]
        return (0..<max(0, unsafe copenssl_certificates_count(list))).filter { place in
            let certificate = unsafe copenssl_certificates_at(list, place)
            return unsafe seen.insert(PeerCertificate.fingerprint(of: certificate)).inserted
        }
    }

    /// Records findings about the certificates that are not sent.
    private func tellRest(of ways: CertificateWays, shown: Set<Int>, at now: Int) {
        let rest = ways.nodes.indices.dropFirst().filter { !shown.contains($0) }
        let invalid = rest.filter { !ways.nodes[$0].isValid(at: now) }
        let unrelated = rest.filter { ways.nodes[$0].isValid(at: now) }
        if !invalid.isEmpty {
            findings.append(.notValid(invalid.map { ways.nodes[$0].name }))
        }
        if !unrelated.isEmpty {
            findings.append(.unrelated(unrelated.map { ways.nodes[$0].name }))
        }
    }

    /// The certificates that signed the one of a node, in the order of the file.
    private static func issuers(
        of node: Int, _ others: Int, _ certificate: (Int) -> OpaquePointer
    ) throws(TLSError) -> [Int] {
        let subject = unsafe certificate(node)
        guard unsafe !isSelfIssued(subject), others > 0 else { return [] }
        let name = unsafe X509_get_issuer_name(subject)
        var (found, namesake): ([Int], Int?) = ([], nil)
        for other in 1...others where other != node {
            let candidate = unsafe certificate(other)
            guard unsafe X509_NAME_cmp(X509_get_subject_name(candidate), name) == 0 else {
                continue
            }
            if unsafe isSigned(subject, by: candidate) {
                found.append(other)
            } else {
                namesake = other
            }
        }
        guard found.isEmpty, let namesake else { return found }
        throw TLSError(
            "has a broken chain: \(unsafe Self.name(of: subject)) is not signed by the key"
                + " of \(unsafe Self.name(of: certificate(namesake)))", code: "bad-signature")
    }

    /// Whether a certificate is its own issuer.
    static func isSelfIssued(_ certificate: OpaquePointer) -> Bool {
        unsafe X509_NAME_cmp(
            X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0
    }

    private static func isSigned(_ certificate: OpaquePointer, by issuer: OpaquePointer) -> Bool {
        unsafe X509_verify(certificate, X509_get0_pubkey(issuer)) == 1
    }

    /// The subject, for messages.
    static func name(of certificate: OpaquePointer) -> String {
        unsafe OpenSSLText.printed {
            unsafe copenssl_print_name($0, X509_get_subject_name(certificate))
        }
    }
}
