/// A whole configuration, typed and checked key by key.
package struct Settings: Sendable {
    /// What `[Server]` says.
    package var server: ServerSettings
    /// The hosts in the order of the file.
    package var hosts: [HostSettings]

    /// Joins the server's settings with its hosts.
    package init(server: ServerSettings, hosts: [HostSettings]) {
        self.server = server
        self.hosts = hosts
    }
}
