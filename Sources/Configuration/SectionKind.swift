/// What a section is about, by its name.
enum SectionKind {
    case server
    case host

    /// Reads the name of a section, in any case; nil for an unknown one.
    init?(_ name: String) {
        let name = name.lowercased()
        if name == "server" {
            self = .server
        } else if Self.hostPrefixes.contains(where: { name.isNumbered($0) }) {
            self = .host
        } else {
            return nil
        }
    }

    private static let hostPrefixes = ["icshost", "host"]

    /// Says that a section is unknown, with what was probably meant.
    static func unknownMessage(_ name: String) -> String {
        let digits = String(name.reversed().prefix { $0.isASCII && $0.isNumber }.reversed())
        let number = digits.isEmpty ? "1" : digits
        let hint = Suggestion.hint(
            for: name, among: ["Server", "IcsHost\(number)", "Host\(number)"])
        return "unknown section \("[\(name)]".quoted): expected [Server], or [IcsHost1] "
            + "or [Host1] with any number\(hint)"
    }
}

extension String {
    /// Whether the text is a prefix and then digits, at least one.
    fileprivate func isNumbered(_ prefix: String) -> Bool {
        guard hasPrefix(prefix) else { return false }
        let rest = utf8.dropFirst(prefix.utf8.count)
        return !rest.isEmpty
            && rest.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
