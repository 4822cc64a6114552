internal import Configuration
package import NetworkTypes

/// Selects clients for a command of an operator.
package enum ClientSelection: Sendable {
    /// All.
    case all
    /// The client with this number.
    case id(UInt64)
    /// The clients of the host with this tag or section (``OperatorNamed``).
    case host(String)
    /// The clients from this network.
    case network(IPNetwork)

    func contains(_ client: Connection) -> Bool {
        switch self {
        case .all: true
        case .id(let id): client.number == id
        case .host(let name): client.host?.isNamed(name) == true
        case .network(let network): network.contains(client.peer.ip)
        }
    }
}

extension ClientSelection: CustomStringConvertible {
    /// For use after a colon: `those from 198.51.100.0/24`.
    package var description: String {
        switch self {
        case .all: "all"
        case .id(let id): "the one with the number \(id)"
        case .host(let name): "those of host \(name)"
        case .network(let network): "those from \(network)"
        }
    }
}
