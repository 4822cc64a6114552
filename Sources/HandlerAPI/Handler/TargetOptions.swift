/// What one `[Target]` section says to the handler of the hosts of its tag.
public struct TargetOptions: Hashable, Sendable {
    /// The section's name as written.
    public var section: String
    /// `TarHost`: a name, an address, or `unix:` and the path of a socket.
    public var host: String
    /// `TarPort`; 0 means the port that the client came to.
    public var port: UInt16
    /// `TarSsl`.
    public var usesTLS: Bool
    /// `TarBackup`: to be used when no other target is left.
    public var isBackup: Bool
    /// `IdleTimeout`, nil for none.
    public var idleTimeout: Duration?
    /// `SocketFamily`.
    public var family: DialTarget.Family
    /// `SrcPath`: the beginning of the paths that go here, in lower case; nil for all.
    public var path: String?
    /// `UpdateHttp`: rewrite the target's name in headers.
    public var rewritesHeaders = false
    /// `UpdateHtml`: rewrite the target's name in pages.
    public var rewritesPages = false

    /// What every section says.
    public init(
        section: String, host: String, port: UInt16, usesTLS: Bool = false, isBackup: Bool = false,
        idleTimeout: Duration? = nil, family: DialTarget.Family = .any, path: String? = nil
    ) {
        self.section = section
        self.host = host
        self.port = port
        self.usesTLS = usesTLS
        self.isBackup = isBackup
        self.idleTimeout = idleTimeout
        self.family = family
        self.path = path
    }
}
