/// Certificates and keys in the configuration itself, where ICS accepts them instead of a path.
package enum InlinePEM {
    private static let mark = "-----BEGIN"

    /// Whether a value is PEM text instead of a path.
    package static func begins(_ text: String) -> Bool { text.hasPrefix(mark) }

    /// The blocks of a value with the line breaks that PEM requires (RFC 7468).
    ///
    /// A value is one line: its blocks may have blanks or `\n` in place of line breaks.
    ///
    /// - Returns: nil when the BEGIN and END of a block differ, or it is not base64.
    package static func normalized(_ text: String) -> String? {
        var rest = text.replacing("\\r", with: "").replacing("\\n", with: "\n")[...]
        var blocks = ""
        while let start = rest.firstRange(of: "-----BEGIN ") {
            guard rest[..<start.lowerBound].allSatisfy(\.isWhitespace),
                let labelEnd = rest[start.upperBound...].firstRange(of: "-----")
            else { return nil }
            let label = rest[start.upperBound..<labelEnd.lowerBound]
            let footer = "-----END \(label)-----"
            guard let end = rest[labelEnd.upperBound...].firstRange(of: footer) else { return nil }
            let body = rest[labelEnd.upperBound..<end.lowerBound]
            guard let block = block(String(label), String(body)) else { return nil }
            blocks += block
            rest = rest[end.upperBound...]
        }
        return rest.allSatisfy(\.isWhitespace) && !blocks.isEmpty ? blocks : nil
    }

    /// The text in one line that can be read back; a path is unchanged.
    static func oneLine(_ text: String) -> String {
        guard begins(text) else { return text }
        return text.split(separator: "\n").joined(separator: "\\n")
    }

    private static func block(_ label: String, _ body: String) -> String? {
        let base64 = body.utf8.filter { $0 > 0x20 }
        guard !base64.isEmpty, base64.allSatisfy(isBase64) else { return nil }
        let lines = stride(from: 0, to: base64.count, by: 64).map { start in
            String(decoding: base64[start..<min(start + 64, base64.count)], as: UTF8.self)
        }
        return
            "-----BEGIN \(label)-----\n\(lines.joined(separator: "\n"))\n-----END \(label)-----\n"
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"),
            UInt8(ascii: "="):
            true
        default: false
        }
    }
}

extension ValueType<String> {
    /// A path or PEM text; messages do not show the text, since it may be a private key.
    static let pathOrPEM = ValueType(
        "a path, or the PEM text itself", isPath: true
    ) { text, key, diagnostics in
        guard InlinePEM.begins(text.value) else { return text.value }
        if let pem = InlinePEM.normalized(text.value) { return pem }
        diagnostics.error(
            at: text.location,
            "\(key) must be a path or whole PEM blocks in one line, with \\n between their lines")
        return nil
    }
}
