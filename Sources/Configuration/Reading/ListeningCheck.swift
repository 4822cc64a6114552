internal import NetworkTypes

/// Checks a host's addresses, ports and listener keys against each other.
enum ListeningCheck {
    /// Keeps the first of equal addresses, and reports the others.
    static func removeRepeatedAddresses(
        of host: inout HostSettings, into diagnostics: inout Diagnostics
    ) {
        guard host.addresses.count > 1 else { return }
        var places: [ListenAddress: SourceLocation] = [:]
        host.addresses.removeAll { address in
            guard let first = places[address.value] else {
                places[address.value] = address.location
                return false
            }
            diagnostics.warn(
                at: address.location, "\(address.value) is given twice, and opened once",
                related: [.init(at: first, "first given here")])
            return true
        }
    }

    /// Reports ports and keys without effect, and incomplete addresses.
    static func check(_ host: HostSettings, into diagnostics: inout Diagnostics) {
        let hasIP = host.addresses.contains { $0.value.ip != nil }
        for (key, place) in host.listener.places.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let isForTCP = key.concerns(isUnix: false)
            let hasEffect =
                isForTCP && hasIP
                || key.concerns(isUnix: true)
                    && host.addresses.contains {
                        $0.value.unix.map { !$0.isAbstract || isForTCP } == true
                    }
            guard !hasEffect else { continue }
            let missing = isForTCP ? "IP address" : "unix:/path"
            diagnostics.warn(
                at: place, "\(key.rawValue) has no effect: BindIpAddr has no \(missing)")
        }
        if !hasIP {
            for (key, port) in [("BindNonPort", host.plainPort), ("BindSslPort", host.tlsPort)] {
                guard let port else { continue }
                diagnostics.warn(
                    at: port.location, "\(key) has no effect: BindIpAddr has no IP address")
            }
        }
        guard host.listener.options.device == nil else { return }
        for address in host.addresses {
            guard case .ip(let ip, nil) = address.value, ip.isLinkLocal else { continue }
            diagnostics.error(
                at: address.location,
                "\(ip) is link-local and needs an interface: write \(ip)%eth0")
        }
    }
}
