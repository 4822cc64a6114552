/// The parts of an absolute `http` or `https` URL that select the server.
package struct WebAddress: Hashable, Sendable {
    /// Whether it is `https`.
    package let isSecure: Bool
    /// The name in the form of ``ServerName/normalized(_:)``.
    package let name: String
    /// Whether the name is that of the request (`%host%`); ``name`` is a placeholder then.
    package let hasNameOfRequest: Bool
    /// The port, by default that of the scheme.
    package let port: UInt16

    /// Parses a URL with the placeholders `%path%` and `%host%`; nil for an invalid one.
    package init?(_ text: String) {
        let text = text.replacing("%path%", with: "/").replacing(
            "%host%", with: WebAddress.nameOfRequest)
        guard let colon = text.firstRange(of: "://"), !text.contains(where: \.isWhitespace)
        else { return nil }
        switch text[..<colon.lowerBound].lowercased() {
        case "http": isSecure = false
        case "https": isSecure = true
        default: return nil
        }
        let authority = text[colon.upperBound...].prefix { !"/?#".contains($0) }
        let host: Substring
        let number: Substring
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<close]
            number = authority[authority.index(after: close)...]
        } else {
            host = authority.prefix { $0 != ":" }
            number = authority[host.endIndex...]
        }
        guard let name = ServerName.normalized(String(host)), name.first != "*" else { return nil }
        self.name = name
        hasNameOfRequest = name.contains(WebAddress.nameOfRequest)
        if number.isEmpty || number == ":" {
            port = isSecure ? 443 : 80
        } else {
            guard number.first == ":", let port = UInt16(number.dropFirst()), port > 0 else {
                return nil
            }
            self.port = port
        }
    }

    /// The placeholder for the name during parsing; no host can be in a reserved top-level domain (RFC 2606).
    private static let nameOfRequest = "name-of-request.invalid"

    /// A URL whose name is in the form of ``ServerName/normalized(_:)``, for a header; the rest is unchanged.
    static func normalized(_ text: String) -> String {
        guard let colon = text.firstRange(of: "://") else { return text }
        let host = text[colon.upperBound...].prefix { !"/?#:[".contains($0) }
        guard let name = ServerName.ofTarget(String(host)) else { return text }
        return text[..<host.startIndex] + name + text[host.endIndex...]
    }
}
