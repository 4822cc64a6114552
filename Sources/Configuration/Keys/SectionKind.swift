/// The kind of a section, by its name.
enum SectionKind {
    /// `[Server]`, or a server section of ICS with the same keys.
    case server(isForeign: Bool)
    case host
    case target
    case pathMap
    /// A section of ICS programs that is not used here.
    case unused

    /// Parses the name of a section, in any case; nil for an unknown one.
    init?(_ name: String) {
        let name = name.lowercased()
        if name == "server" {
            self = .server(isForeign: false)
        } else if Self.serverNames.contains(name) {
            self = .server(isForeign: true)
        } else if Self.hostPrefixes.contains(where: { name.isIdentified($0) }) {
            self = .host
        } else if name.isIdentified("target") {
            self = .target
        } else if name == "pathmap" {
            self = .pathMap
        } else if UnusedNames.contains(section: name) {
            self = .unused
        } else {
            return nil
        }
    }

    private static let hostPrefixes = ["icshost", "host", "source"]
    /// The prefixes of sections with a number or name, and the sections without.
    private static let numberedWords = ["IcsHost", "Host", "Source", "Target"]
    private static let words = [
        "Server", "PathMap", "WebAppServer", "HttpAppSrv", "Proxy", "FtpServer", "SslFtpServer",
        "General", "MailQueue", "RestEmail",
    ]
    private static let serverNames: Set = [
        "webappserver", "httpappsrv", "proxy", "ftpserver", "sslftpserver",
    ]

    /// The word that an unknown section name probably starts with.
    static func meant(_ name: String) -> String? {
        Suggestion.nearest(to: word(of: name), among: numberedWords + words)
    }

    /// A section name without the number or name at its end.
    private static func word(of name: String) -> String {
        String(name.prefix { $0 != " " && !($0.isASCII && $0.isNumber) })
    }

    /// The message about an unknown section, with a suggestion.
    static func unknownMessage(_ name: String) -> String {
        var hint = ""
        if var meant = meant(name) {
            if numberedWords.contains(meant) {
                meant = repaired(meant, String(name.dropFirst(word(of: name).count)))
            }
            hint = "; did you mean \"\(meant)\"?"
        }
        let shown = String(decoding: Array("[\(name)]".utf8)[...].withoutSecret, as: UTF8.self)
        return "unknown section \(shown.quoted): expected [Server], or [IcsHost1] "
            + "or [Host1] with any number or, after a blank, a name of letters a to z, digits, "
            + "-, _ and . with one letter at least\(hint)"
    }

    /// The correction of a prefix, with the number or name of the section.
    private static func repaired(_ word: String, _ rest: String) -> String {
        let words = rest.split(separator: " ")
        let wishes = [
            rest, words.joined(), " " + words.joined(separator: "-"),
        ]
        return wishes.map { word + $0 }.first { SectionKind($0) != nil } ?? word + "1"
    }
}

extension String {
    /// Whether the text is a prefix followed by digits, or by blanks and a name with a letter.
    fileprivate func isIdentified(_ prefix: String) -> Bool {
        guard hasPrefix(prefix) else { return false }
        let rest = utf8.dropFirst(prefix.utf8.count)
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        if rest.first != UInt8(ascii: " ") {
            return !rest.isEmpty && rest.allSatisfy(\.isDigit)
        }
        let name = rest.drop { $0 == UInt8(ascii: " ") }
        // The name is also used as a file name.
        return name.contains { letters.contains($0) }
            && name.allSatisfy {
                $0.isDigit || letters.contains($0) || "-_.".utf8.contains($0)
            }
    }
}
