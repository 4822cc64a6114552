internal import COpenSSL
internal import Glibc

/// The paths from a host's certificate to roots, among the certificates of its files.
///
/// Theory of operation: which certificate signed which is determined once, by the signature and not by the
/// name alone. A path is then checked at a given time as a client would check it: it goes up through
/// certificates that are valid then, and is good when it reaches a root or an issuer that is not in the
/// files, which is presumed to be a root that clients have. An authority above the first whose certificate is
/// not valid may also be such a root, of which the files have a certificate by an older root: clients that
/// trust the root itself need none.
final class CertificateWays {
    /// A certificate; the first is the host's own.
    struct Node {
        let name: String
        let from: Int
        let until: Int
        let isSelfIssued: Bool

        func isValid(at time: Int) -> Bool { from <= time && time <= until }
    }

    /// A path that clients can verify.
    struct Way {
        /// The certificates from the host's issuer upwards.
        var steps: [Int] = []
        /// The issuer that is in the files but not valid, when the path ends below one.
        var invalid: Int?
    }

    let nodes: [Node]
    private let hasIssuer: (Int) -> Bool
    private let issuers: (Int) throws(TLSError) -> [Int]
    private var knownIssuers: [Int: [Int]] = [:]

    /// Creates the graph of some certificates.
    ///
    /// - Parameters:
    ///   - nodes: the certificates, the host's own first.
    ///   - issuers: returns the signers of one of them; called once for each.
    ///   - hasIssuer: whether the system trusts an issuer of one of them.
    init(
        _ nodes: [Node], issuers: @escaping (Int) throws(TLSError) -> [Int],
        hasIssuer: @escaping (Int) -> Bool
    ) {
        self.nodes = nodes
        self.issuers = issuers
        self.hasIssuer = hasIssuer
    }

    /// The path that is sent first.
    ///
    /// - Throws: why clients can verify no path at this time.
    func way(at time: Int) throws(TLSError) -> Way {
        var bad: Set<Int> = []
        return try way(above: [0], at: time, &bad)
    }

    /// The first path, then every other issuer of its certificates: all that some client may use.
    func all(from way: Way, at time: Int) throws(TLSError) -> [Int] {
        var all = way.steps
        var next = 0
        while next <= all.count {
            for issuer in try issuers(of: next == 0 ? 0 : all[next - 1])
            where issuer != 0 && nodes[issuer].isValid(at: time) && !all.contains(issuer) {
                all.append(issuer)
            }
            next += 1
        }
        return all
    }

    /// The first certificate whose expiry leaves clients without a path, possibly the host's own.
    func firstToEnd(of all: [Int]) -> Int {
        let early = all.filter { nodes[$0].until < nodes[0].until }
        for node in early.sorted(by: { nodes[$0].until < nodes[$1].until }) {
            if (try? way(at: nodes[node].until + 1)) == nil { return node }
        }
        return 0
    }

    private func issuers(of node: Int) throws(TLSError) -> [Int] {
        if let known = knownIssuers[node] { return known }
        // Of two, the first in the file.
        let found = try issuers(node)
        knownIssuers[node] = found
        return found
    }

    private func way(
        above path: [Int], at time: Int, _ bad: inout Set<Int>
    ) throws(TLSError) -> Way {
        let last = path[path.count - 1]
        guard !nodes[last].isSelfIssued else { return Way(steps: Array(path.dropFirst())) }
        let above = try issuers(of: last).filter { !path.contains($0) }
        var fault: TLSError?
        for issuer in above where nodes[issuer].isValid(at: time) && !bad.contains(issuer) {
            do throws(TLSError) {
                return try way(above: path + [issuer], at: time, &bad)
            } catch {
                bad.insert(issuer)
                fault = fault ?? error
            }
        }
        if let fault, !above.contains(where: { nodes[$0].isSelfIssued }) { throw fault }
        var way = Way(steps: Array(path.dropFirst()))
        guard let invalid = above.first(where: { !nodes[$0].isValid(at: time) }) else { return way }
        way.invalid = invalid
        if try mayBeRoot(invalid, above: last, at: time) || hasIssuer(last) { return way }
        throw fault ?? self.fault(of: invalid, at: time)
    }

    /// Whether clients may trust a certificate's key as a root, although the certificate is not valid: a root
    /// does not sign the host's own certificate, and has no valid root above it in the files.
    private func mayBeRoot(_ node: Int, above last: Int, at time: Int) throws(TLSError) -> Bool {
        if nodes[node].isSelfIssued { return true }
        guard last != 0 else { return false }
        return try !issuers(of: node).contains {
            nodes[$0].isSelfIssued && nodes[$0].isValid(at: time)
        }
    }

    private func fault(of node: Int, at time: Int) -> TLSError {
        let what = "has a chain with a certificate, \(nodes[node].name), that"
        guard nodes[node].from <= time else {
            return TLSError(
                "\(what) is not valid before \(CertificateTime.text(nodes[node].from))",
                code: "not-yet-valid")
        }
        return TLSError(
            "\(what) expired on \(CertificateTime.text(nodes[node].until))", code: "expired")
    }
}

extension CertificateWays.Node {
    /// Reads the properties of a certificate.
    init(_ certificate: OpaquePointer) {
        name = unsafe CertificateChain.name(of: certificate)
        from = unsafe CertificateTime.seconds(X509_get0_notBefore(certificate))
        until = unsafe CertificateTime.seconds(X509_get0_notAfter(certificate))
        isSelfIssued = unsafe CertificateChain.isSelfIssued(certificate)
    }
}
