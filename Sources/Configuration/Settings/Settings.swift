/// A whole configuration, typed and validated.
package struct Settings: Sendable {
    /// The settings of `[Server]`.
    package var server: ServerSettings
    /// The hosts in the order of the file.
    package var hosts: [HostSettings]
    /// The targets of proxies in the order of the file, each assigned to a host by its tag.
    package var targets: [TargetSettings]
    /// The places of hosts and targets without `HostEnabled`.
    var silentSections: [SourceLocation] = []

    /// Creates a configuration.
    package init(
        server: ServerSettings, hosts: [HostSettings], targets: [TargetSettings] = []
    ) {
        self.server = server
        self.hosts = hosts
        self.targets = targets
    }

    /// Notes once that sections without `HostEnabled` are enabled, since ICS would skip them.
    package func noteSilentSections(into diagnostics: inout Diagnostics) {
        let sections = silentSections.sorted { ($0.file, $0.line) < ($1.file, $1.line) }
        guard let first = sections.first else { return }
        let others = sections.count == 1 ? "" : ", and \(sections.count - 1) more"
        diagnostics.note(
            at: first,
            "enabled because HostEnabled is absent; ICS would skip this section\(others)")
    }
}
