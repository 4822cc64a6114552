internal import NetworkTypes

/// The names that a host may have in `Hosts`.
package enum ServerName {
    /// The canonical form of a name, for comparison.
    ///
    /// Lower case, without a trailing dot, non-ASCII letters as in DNS, an IPv6 address as in RFC 5952. Nil
    /// for a text that is neither a DNS name, `*`, a one-label wildcard such as `*.example.org`, nor an IP
    /// address.
    package static func normalized(_ text: String) -> String? {
        if text == "*" { return text }
        if let address = IPAddress(text) { return address.description }
        let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
        guard var name = isASCII ? text.lowercased() : InternationalName.ascii(text) else {
            return nil
        }
        if name.utf8.last == UInt8(ascii: ".") { name.removeLast() }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        let plain = labels.first == "*" ? labels.dropFirst() : labels[...]
        guard name.utf8.count <= 253, let last = plain.last,
            plain.allSatisfy({ HostNameSyntax.isLabel(Array($0.utf8).span) }),
            // Otherwise a mistyped IPv4 address would be accepted as a name.
            !last.utf8.allSatisfy(\.isDigit)
        else { return nil }
        return name
    }

    /// The same for the name of a target or of a certificate: no wildcard.
    package static func ofTarget(_ text: String) -> String? {
        normalized(text).flatMap { $0.utf8.first == UInt8(ascii: "*") ? nil : $0 }
    }

    /// The expectation, followed by the actual text.
    static func expectation(_ text: String) -> String {
        var advice = ""
        // Typographic quotes of word processors too.
        if text.contains(where: { "\"'“”„‘’‚«»".contains($0) }) {
            advice = "; quotes are part of the value: remove them"
        } else if text.utf8.contains(where: { $0 >= 0x80 }) {
            advice =
                "; of an international name each letter must be one character, or write its xn-- form"
        } else if text.utf8.contains(UInt8(ascii: " ")) {
            advice = "; separate names by commas"
        } else if text.utf8.contains(UInt8(ascii: "*")) {
            advice = "; a wildcard stands for the whole first label, as in *.example.org"
        }
        return "a list of DNS names, IP addresses or *, not \(text.quoted)\(advice)"
    }
}
