/// The identity of a section: its name, regardless of case and the number of blanks.
package struct SectionID: Hashable, Sendable {
    /// The name as spelled in the file.
    package let name: String
    /// The name in lower case, the same for all spellings.
    package let folded: String

    /// Creates an identity from any spelling of the name.
    package init(_ name: String) {
        self.name = name
        let folded = name.lowercased()
        // [Host  a] is [Host a]. By bytes: a search for a text costs more than all the rest, and a
        // start makes an identity for each host.
        let bytes = folded.utf8
        let hasRun = zip(bytes, bytes.dropFirst()).contains {
            $0 == UInt8(ascii: " ") && $1 == UInt8(ascii: " ")
        }
        self.folded = hasRun ? folded.split(separator: " ").joined(separator: " ") : folded
    }

    /// Whether two spellings are of the same section.
    package static func == (left: SectionID, right: SectionID) -> Bool {
        left.folded == right.folded
    }

    /// Hashes the folded name.
    package func hash(into hasher: inout Hasher) { hasher.combine(folded) }
}

extension SectionID: CustomStringConvertible {
    /// The name as spelled in the file.
    package var description: String { name }
}
