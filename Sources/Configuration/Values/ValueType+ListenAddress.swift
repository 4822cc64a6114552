internal import NetworkTypes

extension ValueType<[Located<ListenAddress>]> {
    /// A comma list of addresses to listen on.
    static let listenAddresses = ValueType(
        "IPv4 or IPv6 addresses or unix:/path, by comma"
    ) { text, key, diagnostics in
        let errorsBefore = diagnostics.count(.error)
        var addresses: [Located<ListenAddress>] = []
        for item in text.commaSeparated {
            guard let address = ListenAddress(item, of: key, into: &diagnostics) else { continue }
            addresses.append(Located(address, at: item.location))
        }
        if addresses.isEmpty, diagnostics.count(.error) == errorsBefore {
            diagnostics.error(at: text.location, "\(key) must name at least one address")
        }
        return addresses.isEmpty ? nil : addresses
    }
}

extension ListenAddress {
    /// Parses one address, or reports a mistake.
    fileprivate init?(
        _ text: Located<String>, of key: String, into diagnostics: inout Diagnostics
    ) {
        if let colon = text.value.utf8.firstIndex(of: UInt8(ascii: ":")) {
            let scheme = text.value[..<colon].lowercased()
            let rest = String(text.value[text.value.utf8.index(after: colon)...])
            if scheme == "unix" || scheme == "unix-ssl" {
                guard let address = UnixAddress(rest) else {
                    diagnostics.error(
                        at: text.location,
                        "\(key) must be \(scheme):/path or \(scheme):@name of at most "
                            + "\(UnixAddress.lengthLimit) bytes, not \(text.value.quoted)")
                    return nil
                }
                self = .unix(address, isTLS: scheme == "unix-ssl")
                return
            }
        }
        self.init(ip: text, of: key, into: &diagnostics)
    }

    private init?(
        ip text: Located<String>, of key: String, into diagnostics: inout Diagnostics
    ) {
        let parts = text.value.split(
            separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        let zone = parts.count > 1 ? String(parts[1]) : nil
        guard let first = parts.first, let address = IPAddress(first) else {
            diagnostics.error(
                at: text.location,
                "\(key) must be an IPv4 or IPv6 address, such as 192.0.2.1 or ::, not "
                    + text.value.quoted + text.value.addressHint)
            return nil
        }
        if let v4 = address.mappedV4 {
            diagnostics.error(
                at: text.location,
                "\(key) must not be an IPv4-mapped address, which no IPv6 listener here accepts: "
                    + "write \(v4) instead of \(text.value.quoted)")
            return nil
        }
        if let zone {
            guard zone.isInterface else {
                diagnostics.error(
                    at: text.location,
                    "\(key) must name an interface after the %, such as fe80::1%eth0, not "
                        + text.value.quoted)
                return nil
            }
            guard address.isLinkLocal else {
                diagnostics.error(
                    at: text.location,
                    "\(key) must not have a zone, which only link-local addresses have: write "
                        + "\(address) instead of \(text.value.quoted)")
                return nil
            }
        }
        self = .ip(address, zone: zone)
    }
}

extension String {
    /// A suggestion for wildcard addresses in the syntax of other programs; empty for other texts.
    fileprivate var addressHint: String {
        if self == "*" { return "; for all addresses write 0.0.0.0, ::" }
        if hasPrefix("["), hasSuffix("]") { return "; write it without brackets" }
        guard let other = HostPort(self), IPAddress(other.host) != nil else { return "" }
        return "; its port is that of BindNonPort or BindSslPort"
    }

    /// Whether it is a valid interface name for the kernel (`dev_valid_name`), or a number.
    var isInterface: Bool {
        let limit = 15  // IFNAMSIZ without its zero, netdevice(7).
        return !utf8.isEmpty && utf8.count <= limit && self != "." && self != ".."
            && utf8.allSatisfy { (0x21...0x7E).contains($0) && !"/:%".utf8.contains($0) }
    }
}
