/// What a listening socket is bound to.
package enum Endpoint: Hashable, Sendable {
    /// An IP address and a TCP port; the zone of a link-local address as written.
    case tcp(SocketAddress, zone: String?)
    /// A unix socket.
    case unix(UnixAddress)

    /// Takes an address without a zone.
    package init(_ address: SocketAddress) {
        self = .tcp(address, zone: nil)
    }

    /// Reads `192.0.2.1:80`, `[fe80::1%eth0]:80`, `unix:/path` or `unix:@name`.
    package init?(parsing text: String) {
        if text.lowercased().hasPrefix("unix:") {
            guard let address = UnixAddress(String(text.dropFirst(5))) else { return nil }
            self = .unix(address)
            return
        }
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...])
        else { return nil }
        let host = text[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        let inner = isBracketed ? host.dropFirst().dropLast() : host
        let parts = inner.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let ip = IPAddress(first), isBracketed == (ip.family == .v6)
        else { return nil }
        self = .tcp(SocketAddress(ip, port: port), zone: parts.count > 1 ? String(parts[1]) : nil)
    }

    /// The port, nil for a unix socket; 0 means a free one of the kernel's choice.
    package var port: UInt16? { socketAddress?.port }

    /// The IP address and port, nil for a unix socket.
    package var socketAddress: SocketAddress? {
        guard case .tcp(let address, _) = self else { return nil }
        return address
    }

    /// The same endpoint with the port that the kernel chose.
    package func withPort(_ port: UInt16) -> Endpoint {
        guard case .tcp(let address, let zone) = self else { return self }
        return .tcp(SocketAddress(address.ip, port: port), zone: zone)
    }

    /// The address without the port: `192.0.2.1`, `fe80::1%eth0` or `unix:/run/a.sock`.
    package var host: String {
        switch self {
        case .tcp(let address, let zone): "\(ListenAddress.ip(address.ip, zone: zone))"
        case .unix(let address): "\(address)"
        }
    }
}

extension Endpoint: CustomStringConvertible {
    /// `192.0.2.1:80`, `[fe80::1%eth0]:80` or `unix:/run/a.sock`.
    package var description: String {
        guard case .tcp(let address, let zone) = self, let zone else {
            return socketAddress?.description ?? host
        }
        return "[\(address.ip)%\(zone)]:\(address.port)"
    }
}

extension Endpoint {
    /// Whether it is a port of every address of IPv4.
    package var isEveryIPv4: Bool { isEvery(.v4) }

    /// Whether it is a port of every address of IPv6.
    package var isEveryIPv6: Bool { isEvery(.v6) }

    private func isEvery(_ family: IPAddress.Family) -> Bool {
        guard let ip = socketAddress?.ip else { return false }
        return ip.isWildcard && ip.family == family
    }
}
