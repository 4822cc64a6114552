/// The identity of a section: its name in any case, however many blanks it has.
package struct SectionID: Hashable, Sendable {
    /// The name as the file spells it.
    package let name: String
    /// The name in lower case, the same for all spellings.
    package let folded: String

    /// Identifies a section by a spelling of its name.
    package init(_ name: String) {
        self.name = name
        let folded = name.lowercased()
        // [Host  a] is [Host a].
        self.folded =
            folded.contains("  ") ? folded.split(separator: " ").joined(separator: " ") : folded
    }

    /// Whether two spellings are of the same section.
    package static func == (left: SectionID, right: SectionID) -> Bool {
        left.folded == right.folded
    }

    /// Hashes the folded name.
    package func hash(into hasher: inout Hasher) { hasher.combine(folded) }
}

extension SectionID: CustomStringConvertible {
    /// The name as the file spells it.
    package var description: String { name }
}

extension HostSettings {
    /// The identity of the host.
    package var id: SectionID { SectionID(section) }
}
