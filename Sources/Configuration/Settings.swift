/// A whole configuration, typed and checked key by key.
package struct Settings: Sendable {
    /// What `[Server]` says.
    package var server: ServerSettings
    /// The hosts in the order of the file.
    package var hosts: [HostSettings]
    /// The targets of proxies in the order of the file, each joined to a host by its tag.
    package var targets: [TargetSettings]

    /// Joins the server's settings with its hosts and their targets.
    package init(
        server: ServerSettings, hosts: [HostSettings], targets: [TargetSettings] = []
    ) {
        self.server = server
        self.hosts = hosts
        self.targets = targets
    }
}
