internal import NetworkTypes

/// The names that a host may have in `Hosts`.
package enum ServerName {
    /// The form in which names are compared: lower case, without a trailing dot, letters beyond ASCII
    /// as DNS writes them, an IPv6 address as RFC 5952 does.
    ///
    /// Nil for a text that is neither a DNS name, `*`, a one-label wildcard such as
    /// `*.example.org`, nor an IP address.
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
            // Otherwise a mistyped IPv4 address would pass for a name.
            !last.utf8.allSatisfy(\.isDigit)
        else { return nil }
        return name
    }

    /// The same for a machine to connect to, or that a certificate is to be for: no wildcard.
    package static func ofTarget(_ text: String) -> String? {
        normalized(text).flatMap { $0.utf8.first == UInt8(ascii: "*") ? nil : $0 }
    }

    /// What was expected instead of a text, and what was found.
    static func expectation(_ text: String) -> String {
        var advice = ""
        // Those of word processors too.
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
