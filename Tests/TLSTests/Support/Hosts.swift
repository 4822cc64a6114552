import TLS
import TestSupport

/// The hosts of one endpoint: names to identities.
final class Hosts: TLSIdentityChooser {
    let identities: [String: TLSIdentity]
    let fallback: TLSIdentity?

    init(_ identities: [String: TLSIdentity], fallback: TLSIdentity? = nil) {
        self.identities = identities
        self.fallback = fallback
    }

    func identity(serverName: String?) -> TLSIdentity? {
        serverName.flatMap { identities[$0] } ?? fallback
    }
}

/// Makes hosts whose certificates live in a directory of their own.
struct HostMaker {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// A host with a certificate of its own for `name`.
    func host(
        _ name: String, _ policy: TLSPolicy = .level(5), scope: String? = nil
    ) throws -> TLSIdentity {
        let path = directory("\(name)-\(UInt32.random(in: 0 ... .max)).pem")
        try LocalCertificate.make(names: [name], certificate: path)
        let context = try TLSContext(policy: policy)
        return TLSIdentity(
            certificate: try TLSCertificate.load(certificate: path, context: context),
            context: context,
            sessionScope: [UInt8]((scope ?? name).utf8))
    }
}
