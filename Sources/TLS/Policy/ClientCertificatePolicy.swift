/// Whether the clients of a host show a certificate, and who may have issued it.
package struct ClientCertificatePolicy: Hashable, Sendable {
    /// Whether a client is asked.
    package enum Demand: Int, Sendable, Comparable {
        /// It is not.
        case none
        /// It is, and may have none; one that is shown must be good.
        case optional
        /// It is, and must have one.
        case required

        /// Orders by strictness.
        package static func < (left: Demand, right: Demand) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// Whether a client is asked.
    package var demand: Demand
    /// A PEM file or a directory of such with the authorities that are trusted, each by itself
    /// whether it is a root or not; nil means those of the system.
    package var authorities: String?
    /// A file with a revocation list (PEM, or DER for one) of each authority of a chain; nil means
    /// that nothing is revoked.
    package var revocations: String?

    /// Collects a policy.
    package init(
        demand: Demand = .none, authorities: String? = nil, revocations: String? = nil
    ) {
        self.demand = demand
        self.authorities = authorities
        self.revocations = revocations
    }

    /// Every file that is read for it, and the directory of authorities: what has to be watched for a
    /// change.
    ///
    /// Reads that directory.
    package var paths: [String] {
        guard demand != .none else { return [] }
        let files = authorities.flatMap { try? ClientTrust.files($0).map(\.path) } ?? []
        return [authorities, revocations].compactMap { $0 } + files.filter { $0 != authorities }
    }
}
