/// A host that an operator can name.
package protocol OperatorNamed {
    /// `HostTag`, which several hosts may share.
    var tag: String { get }
    /// The section of the configuration.
    var section: String { get }
}

extension OperatorNamed {
    /// Whether it has a tag, or is a section, whatever the case of its letters.
    package func isNamed(_ name: String) -> Bool {
        tag.lowercased() == name.lowercased() || SectionID(section) == SectionID(name)
    }
}

extension HostSettings: OperatorNamed {}
