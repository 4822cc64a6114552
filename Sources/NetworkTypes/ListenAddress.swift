/// One value of `BindIpAddr`: where to listen, before ports are known.
package enum ListenAddress: Hashable, Sendable {
    /// An IP address; the zone is as written, because an interface may come and go.
    case ip(IPAddress, zone: String?)
    /// A unix socket, which has no port, so the address states whether its clients speak TLS.
    case unix(UnixAddress, isTLS: Bool)

    /// The IP address, nil for a unix socket.
    package var ip: IPAddress? {
        guard case .ip(let ip, _) = self else { return nil }
        return ip
    }

    /// The unix socket's address, nil for an IP address.
    package var unix: UnixAddress? {
        guard case .unix(let address, _) = self else { return nil }
        return address
    }
}

extension ListenAddress: CustomStringConvertible {
    /// As the file spells it: `fe80::1%eth0`, `unix:/run/a.sock`, `unix-ssl:@a`.
    package var description: String {
        switch self {
        case .ip(let ip, let zone): zone.map { "\(ip)%\($0)" } ?? "\(ip)"
        case .unix(let address, let isTLS): isTLS ? "unix-ssl:\(address.name)" : "\(address)"
        }
    }
}
