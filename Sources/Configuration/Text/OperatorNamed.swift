/// A host that operators can specify by tag or section.
package protocol OperatorNamed {
    /// `HostTag`, which several hosts may share.
    var tag: String { get }
    /// The section of the configuration.
    var section: String { get }
}

extension OperatorNamed {
    /// The identity of the host.
    package var id: SectionID { SectionID(section) }

    /// Whether it has this tag or section, in any case.
    package func isNamed(_ name: String) -> Bool {
        tag.lowercased() == name.lowercased() || id == SectionID(name)
    }
}

extension HostSettings: OperatorNamed {}
