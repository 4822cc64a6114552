/// A host that operators can specify by tag or section.
package protocol OperatorNamed {
    /// `HostTag`, which several hosts may share.
    var tag: String { get }
    /// The identity of the host: its section of the configuration.
    var id: SectionID { get }
}

extension OperatorNamed {
    /// The name of the section as spelled in the file, such as `IcsHost1`.
    package var section: String { id.name }

    /// Whether it has this tag or section, in any case.
    package func isNamed(_ name: String) -> Bool {
        tag.lowercased() == name.lowercased() || id == SectionID(name)
    }
}

extension HostSettings: OperatorNamed {}
