package import Configuration

/// What clients of a plain port get while the host's certificate is no good.
package enum PlainService: Sendable {
    /// The host, as always.
    case all
    /// The challenge of an authority, and 503 for all else: the host wants its clients on its SSL port.
    case challenge
    /// Nothing: they are refused as those of a host that is down.
    case none
}

extension HostSettings {
    /// What clients of the plain port get while the certificate is no good.
    package var serviceWithoutTLS: PlainService {
        guard speaksPlain else { return .none }
        let wantsTLS = tls.offersUpgrade || tls.requiresUpgrade
        guard isWeb else { return wantsTLS ? .none : .all }
        return wantsTLS || redirectsToOwnTLS ? .challenge : .all
    }

    /// Whether all clients of the plain port are sent to the host's own SSL port.
    private var redirectsToOwnTLS: Bool {
        guard case .text(let text) = reserved["WebRedirectURL"]?.value,
            case .number(let port) = tlsPort?.value
        else { return false }
        if handler?.value == "web" {
            guard let status = reserved["WebRedirectStat"]?.value, status != .text("0"),
                status != .integer(0)
            else { return false }
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
