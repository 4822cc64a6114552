internal import COpenSSL
internal import Glibc

/// The ways from a host's certificate towards roots, among the certificates of its files.
///
/// Theory of operation: which certificate signed which is found out once, by the signature and not by the
/// name alone. A way is then judged as a client would at a given time: it goes up through certificates
/// that are valid then, and is good where it comes to a root, or leaves the files: who is not there is a
/// root that clients have, as far as anybody here can tell. An authority above the first one whose
/// certificate is not valid may be such a root too, of which the files have a certificate by an older
/// root: clients that know the root itself need none.
final class CertificateWays {
    /// One of the certificates; the host's own is the first.
    struct Node {
        let name: String
        let from: Int
        let until: Int
        let isSelfIssued: Bool

        func isValid(at time: Int) -> Bool { from <= time && time <= until }
    }

    /// A way that clients can go.
    struct Way {
        /// From the issuer of the host's own upwards.
        var steps: [Int] = []
        /// The issuer that is there and not valid, where the way ends below one.
        var invalid: Int?
    }

    let nodes: [Node]
    private let hasIssuer: (Int) -> Bool
    private let issuers: (Int) throws(TLSError) -> [Int]
    private var knownIssuers: [Int: [Int]] = [:]

    /// Takes note of certificates.
    ///
    /// - Parameters:
    ///   - nodes: the host's own first.
    ///   - issuers: those that signed one of them; asked once for each.
    ///   - hasIssuer: whether this machine trusts an issuer of one of them.
    init(
        _ nodes: [Node], issuers: @escaping (Int) throws(TLSError) -> [Int],
        hasIssuer: @escaping (Int) -> Bool
    ) {
        self.nodes = nodes
        self.issuers = issuers
        self.hasIssuer = hasIssuer
    }

    /// The way that clients are shown first.
    ///
    /// - Throws: why there is none that they could go at this time.
    func way(at time: Int) throws(TLSError) -> Way {
        var bad: Set<Int> = []
        return try way(above: [0], at: time, &bad)
    }

    /// All that belongs to a way for some client: the first way, then what else issued a part of it.
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

    /// The first of these whose end leaves clients without a way, or the host's own.
    func firstToEnd(of all: [Int]) -> Int {
        let early = all.filter { nodes[$0].until < nodes[0].until }
        for node in early.sorted(by: { nodes[$0].until < nodes[$1].until }) {
            if (try? way(at: nodes[node].until + 1)) == nil { return node }
        }
        return 0
    }

    private func issuers(of node: Int) throws(TLSError) -> [Int] {
        if let known = knownIssuers[node] { return known }
        // Of two the one in the order of the file.
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

    /// Whether clients may have a root of the key of a certificate that is not valid: a root has no
    /// business with the host's own certificate, and none has a valid root above it in the files.
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
    /// Reads what matters of a certificate.
    init(_ certificate: OpaquePointer) {
        name = unsafe CertificateChain.name(of: certificate)
        from = unsafe CertificateTime.seconds(X509_get0_notBefore(certificate))
        until = unsafe CertificateTime.seconds(X509_get0_notAfter(certificate))
        isSelfIssued = unsafe CertificateChain.isSelfIssued(certificate)
    }
}
