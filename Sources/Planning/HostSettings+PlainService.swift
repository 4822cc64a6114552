package import Configuration
internal import HandlerAPI

/// The service of a plain port while the host's certificate is unusable.
package enum PlainService: Sendable {
    /// The host, as always.
    case all
    /// The challenge of an authority, and 503 for all else: the host wants its clients on its SSL port.
    case challenge
    /// None: clients are refused as by a host that is down.
    case none
}

extension HostSettings {
    /// The service of the plain port while the certificate is unusable.
    package var serviceWithoutTLS: PlainService {
        guard speaksPlain else { return .none }
        let wantsTLS = tls.offersUpgrade || tls.requiresUpgrade
        guard traits.speaksHTTP else { return wantsTLS ? .none : .all }
        return wantsTLS || redirectsToOwnTLS ? .challenge : .all
    }

    /// Whether all clients of the plain port are sent to the host's own SSL port.
    private var redirectsToOwnTLS: Bool {
        guard let text = redirect?.value, case .number(let port) = tlsPort?.value else {
            return false
        }
        let own = text.replacing("%host%", with: names.first?.value ?? "localhost")
        guard let address = WebAddress(own), address.isSecure, address.port == port else {
            return false
        }
        if text.contains("%host%") { return true }
        switch ServerNameTable(host: self).match(address.name) {
        case .exact, .wildcard: return true
        case .any, .fallback, .rejected, nil: return false
        }
    }
}
