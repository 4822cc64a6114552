internal import NetworkTypes

extension ValueType<String> {
    /// A machine to connect to: a name, an address, with brackets or without, or `unix:` and a path.
    static let targetHost = ValueType("a name or an address") { text, key, diagnostics in
        let value = text.value
        if value.hasPrefix("unix:") { return value }
        let isBracketed = value.hasPrefix("[") && value.hasSuffix("]")
        let inner = isBracketed ? value.dropFirst().dropLast() : value[...]
        if inner.isIPv6 { return String(inner) }
        guard value.utf8.contains(where: { " /:[]@".utf8.contains($0) }) else { return value }
        diagnostics.error(
            at: text.location,
            "\(key) must be a name or an address, not \(value.quoted)\(remedy(for: value))")
        return nil
    }

    /// What to write instead of an address of the web, or of a machine with its port.
    private static func remedy(for value: String) -> String {
        var rest = value[...]
        if let scheme = value.firstRange(of: "://") { rest = value[scheme.upperBound...] }
        rest = rest.prefix { $0 != "/" }
        guard let place = HostPort(String(rest)) else {
            return rest.isEmpty || rest.utf8.contains { " :[]@".utf8.contains($0) }
                ? "" : ": write \(rest)"
        }
        return ": write \(place.host), and put the port into TarPort=\(place.port)"
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
