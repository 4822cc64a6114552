import Testing

/// Numbers that come from outside are not counted with as if they were small.
///
/// A plain `+` traps on overflow, and that ends the daemon. Where such a number meets a plain operator, a
/// comment `In range: …` on the line or above it says why the result fits; else the arithmetic is
/// checked (`addingReportingOverflow`), wraps (`&+`) or the number was clamped before.
@Suite struct NumberTests {
    /// Modules, and folders of them, that handle such numbers.
    private static let places = ["HTTP/", "Handlers/Web/", "Files/", "TLS/", "TextFormats/"]

    /// Files whose numbers are all in range, and why.
    private static let exceptions: [String: String] = [
        "TextFormats/CivilDate.swift":
            "init clamps the seconds, and the other init checks each part",
        "HTTP/ContentCoding.swift": "a weight has four digits",
        "TLS/Certificate/CertificateDoctor.swift":
            "a certificate has a year of four digits, and so has WallClock",
        "TLS/Certificate/LocalCertificate.swift": "times that we give",
        "TLS/Certificate/CertificateChain.swift": "arrays are joined",
        "TLS/Certificate/CertificateWays.swift": "a certificate has a year of four digits",
        "TLS/Session/ClientHelloScan.swift": "lengths of 16 bits",
    ]

    /// Names of numbers that a file, a clock, a certificate or a client has given.
    private static var names: Regex<Substring> {
        /\b(?:seconds?|modified|(?:nano|micro|atto)seconds|size|length|notAfter|notBefore|until|days|daysSince1970|year|chunkSize|extensionCount|decoder|suffix|st_size|tv_n?sec|tm_\w+|lifetime|dropped|lost|cost|now)\b/
    }
    /// A plain operator between two operands, or a minus before one.
    private static var operators: Regex<Substring> {
        /[\w)\]] (?:\+|-|\*|\/|<<) [\w(\[.]|[\w)\]] (?:\+|-|\*|<<)= |[ (\[]-[a-zA-Z(]/
    }

    @Test func numbersFromOutsideAreInRange() {
        for file in Repository.sources
        where Self.places.contains(where: { file.place.hasPrefix($0) })
            && Self.exceptions[file.place] == nil
        {
            for (index, line) in file.code.enumerated()
            where line.contains(Self.operators) && line.contains(Self.names) {
                #expect(
                    Self.isExplained(index, in: file),
                    "\(file.place):\(index + 1) needs \"// In range: …\", or arithmetic that is checked"
                )
            }
        }
    }

    /// Whether the line, or the comment right above it, says why the result fits.
    private static func isExplained(_ index: Int, in file: SwiftFile) -> Bool {
        if file.comments[index].contains("In range: ") { return true }
        for above in stride(from: index - 1, through: 0, by: -1) {
            let comment = file.comments[above]
            guard comment.contains(where: { !$0.isWhitespace }) else { return false }
            if comment.contains("In range: ") { return true }
        }
        return false
    }

    @Test func exceptionsAreThere() {
        let places = Set(Repository.sources.map(\.place))
        #expect(Set(Self.exceptions.keys).isSubset(of: places))
    }
}
