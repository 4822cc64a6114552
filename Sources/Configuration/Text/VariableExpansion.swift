/// Expands environment variables in values: `${NAME}` and `${NAME:-default}`.
///
/// The default replaces a variable that is unset or blank; `$${` means a literal `${`.
enum VariableExpansion {
    /// The value with its variables expanded; nil, with a diagnostic, if one is not set.
    static func expand(
        _ text: Located<String>, variable: (String) -> String?, into diagnostics: inout Diagnostics
    ) -> String? {
        var (expanded, rest) = ("", text.value[...])
        while let start = rest.firstRange(of: "${") {
            let before = rest[..<start.lowerBound]
            if before.last == "$" {
                expanded += before.dropLast() + "${"
                rest = rest[start.upperBound...]
                continue
            }
            expanded += before
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
                diagnostics.error(
                    at: place(of: start.lowerBound, in: text),
                    "a variable must end with \"}\", as in ${NAME}")
                return nil
            }
            let inside = rest[start.upperBound..<end]
            let parts = inside.firstRange(of: ":-")
            let name = String(inside[..<(parts?.lowerBound ?? inside.endIndex)])
            guard isName(name) else {
                diagnostics.error(
                    at: place(of: start.lowerBound, in: text),
                    "a variable must be of letters, digits and _, as in ${NAME} or "
                        + "${NAME:-default}, not \(name.quoted)")
                return nil
            }
            let value = variable(name)
            guard value?.unicodeScalars.contains(where: isControl) != true else {
                diagnostics.error(
                    at: place(of: start.lowerBound, in: text),
                    "environment variable \(name.quoted) must be one line of text, without control "
                        + "characters")
                return nil
            }
            if let parts {
                expanded +=
                    value.flatMap { $0.isEmpty ? nil : $0 } ?? String(inside[parts.upperBound...])
            } else if let value {
                expanded += value
            } else {
                diagnostics.error(
                    at: place(of: start.lowerBound, in: text),
                    "environment variable \(name.quoted) is not set: set it, or write ${\(name.printable):-default}"
                )
                return nil
            }
            rest = rest[rest.index(after: end)...]
        }
        return expanded + rest
    }

    /// Whether it is a valid variable name for a shell (POSIX, 8.1).
    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !first.isDigit else { return false }
        return text.utf8.allSatisfy { byte in
            byte.isDigit || byte == UInt8(ascii: "_")
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
    }

    /// Characters that a line of a file cannot contain.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control && scalar != "\t"
    }

    private static func place(of index: String.Index, in text: Located<String>) -> SourceLocation {
        let column = text.location.column + text.value[..<index].unicodeScalars.count
        return SourceLocation(file: text.location.file, line: text.location.line, column: column)
    }
}
