internal import NetworkTypes

extension ValueType<String> {
    /// A host name or address, in the form of ``ServerName/normalized(_:)``.
    static let hostName = ValueType("a DNS name or an IP address") { text, key, diagnostics in
        guard let name = ServerName.ofTarget(text.value) else {
            diagnostics.error(
                at: text.location,
                "\(key) must be a DNS name or an IP address, not \(text.value.quoted)")
            return nil
        }
        diagnostics.noteInternational(text, name)
        return name
    }

    /// A machine to connect to: a name, an address, optionally in brackets, or `unix:` and a path.
    static let targetHost = ValueType("a name or an address") { text, key, diagnostics in
        let value = text.value
        if value.lowercased().hasPrefix("unix:") {
            return unixSocket(text, of: key, into: &diagnostics)
        }
        let isBracketed = value.hasPrefix("[") && value.hasSuffix("]")
        let inner = isBracketed ? value.dropFirst().dropLast() : value[...]
        if inner.isIPv6 { return IPAddress(inner)?.description ?? String(inner) }
        if let name = ServerName.ofTarget(value) {
            diagnostics.noteInternational(text, name)
            return name
        }
        diagnostics.error(
            at: text.location,
            "\(key) must be a name or an address, not \(value.quoted)\(remedy(for: value))")
        return nil
    }

    /// Parses the unix socket of a target, with its scheme in lower case.
    private static func unixSocket(
        _ text: Located<String>, of key: String, into diagnostics: inout Diagnostics
    ) -> String? {
        let path = String(text.value.dropFirst("unix:".count))
        if UnixAddress(path) != nil { return "unix:\(path)" }
        diagnostics.error(
            at: text.location,
            "\(key) must be unix:/path or unix:@name of at most \(UnixAddress.lengthLimit) bytes, not "
                + text.value.quoted)
        return nil
    }

    /// A suggestion for a value that is a URL, or has a port.
    private static func remedy(for value: String) -> String {
        var rest = value[...]
        if let scheme = value.firstRange(of: "://") { rest = value[scheme.upperBound...] }
        rest = rest.prefix { $0 != "/" }
        guard let place = HostPort.named(String(rest)) else {
            return rest == value || ServerName.ofTarget(String(rest)) == nil
                ? "" : ": write \(rest)"
        }
        return ": write \(place.host), and put the port into TarPort=\(place.port)"
    }
}

extension ValueType<HostPort> {
    /// A name or address with a port, the name in the form of ``ServerName/normalized(_:)``.
    static let hostPort = ValueType(
        "a name or address with a port, such as example.org:80 or [2001:db8::1]:80"
    ) { HostPort.named($0) }
}

extension HostPort {
    /// Parses a name or address with a port; nil for an invalid one.
    fileprivate static func named(_ text: String) -> HostPort? {
        guard !text.hasPrefix("["), let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else {
            return HostPort(text)
        }
        return ServerName.ofTarget(String(text[..<colon])).flatMap { HostPort($0 + text[colon...]) }
    }
}

extension Diagnostics {
    /// Notes the ASCII form of a name with non-ASCII letters.
    fileprivate mutating func noteInternational(_ text: Located<String>, _ name: String) {
        guard text.value.utf8.contains(where: { $0 >= 0x80 }) else { return }
        note(at: text.location, "\(text.value.quoted) is looked up as \(name.quoted)")
    }
}

extension Substring {
    /// Whether it is an IPv6 address, which may have a zone (`fe80::1%eth0`).
    fileprivate var isIPv6: Bool {
        let parts = split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, parts.last?.isEmpty == false else { return false }
        return IPAddress(first)?.family == .v6
    }
}
