/// Whether a host requests client certificates, and which issuers it trusts.
package struct ClientCertificatePolicy: Hashable, Sendable {
    /// Whether a certificate is requested.
    package enum Demand: Int, Sendable, Comparable {
        /// No.
        case none
        /// Yes, and the client may send none; one that is sent must be valid.
        case optional
        /// Yes, and the client must send one.
        case required

        /// Orders by strictness.
        package static func < (left: Demand, right: Demand) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// Whether a certificate is requested.
    package var demand: Demand
    /// A PEM file, or a directory of such files, with the trusted authorities, each trusted by itself, root
    /// or not; nil for those of the system.
    package var authorities: String?
    /// A file with a revocation list (PEM, or DER for one) for each authority of a chain; nil means that
    /// nothing is revoked.
    package var revocations: String?

    /// Creates a policy.
    package init(
        demand: Demand = .none, authorities: String? = nil, revocations: String? = nil
    ) {
        self.demand = demand
        self.authorities = authorities
        self.revocations = revocations
    }

    /// Every file that the policy is read from, and the directory of authorities, to be watched for changes.
    ///
    /// Lists that directory.
    package var paths: [String] {
        guard demand != .none else { return [] }
        let files = authorities.flatMap { try? ClientTrust.files($0).map(\.path) } ?? []
        return [authorities, revocations].compactMap { $0 } + files.filter { $0 != authorities }
    }
}
