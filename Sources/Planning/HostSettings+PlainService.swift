package import Configuration
internal import HandlerAPI

/// The service on a plain port while the host's certificate is unusable.
package enum PlainService: Sendable {
    /// The usual service.
    case all
    /// ACME challenges, and status 503 for all other requests: the host redirects its clients to its SSL
    /// port.
    case challenge
    /// None: clients are refused as if the host were down.
    case none
}

extension HostSettings {
    /// The service on the plain port while the certificate is unusable.
    package var serviceWithoutTLS: PlainService {
        guard speaksPlain else { return .none }
        let wantsTLS = tls.offersUpgrade || tls.requiresUpgrade
        guard traits.speaksHTTP else { return wantsTLS ? .none : .all }
        return wantsTLS || redirectsToOwnTLS ? .challenge : .all
    }

    /// Whether all clients of the plain port are redirected to the host's own SSL port.
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
