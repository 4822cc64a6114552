/// The settings of a `[Target]` section: the target of a proxy for the hosts with its tag.
package struct TargetSettings: Sendable {
    /// The section's name as written.
    package var section: String
    /// The start of the section.
    package var location: SourceLocation
    /// `HostTag`: the tag of the host that it belongs to.
    package var tag: Located<String>?
    /// `HostEnabled`.
    package var isEnabled = true
    /// `Descr`.
    package var description = ""
    /// `SrcPath`: the path of its requests, in lower case.
    package var path: String?
    /// `TarHost`: the name or address to connect to.
    package var host: Located<String>?
    /// `TarPort`; 0 means the port that the client connected to.
    package var port = 0
    /// `TarSsl`.
    package var usesTLS = false
    /// `TarBackup`: only used when no other target is available.
    package var isBackup = false
    /// `IdleTimeout`; zero means none.
    package var idleTimeout = Duration.zero
    /// `UpdateHttp`: rewrite the target's name in headers.
    package var rewritesHeaders = false
    /// `UpdateHtml`: rewrite the target's name in pages.
    package var rewritesPages = false
    /// `SocketFamily` of ICS, by its name.
    package var socketFamily: String?
    /// The keys without effect.
    package var idle: [IdleKey] = []

    init(section: String, location: SourceLocation) {
        self.section = section
        self.location = location
    }
}
