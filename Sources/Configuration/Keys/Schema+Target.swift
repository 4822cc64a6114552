extension Schema {
    static let targetKeys: [SchemaKey<TargetSettings>] = [
        .init(
            "HostTag", \.tag, .nonblankText, .required("name the tag of the host that it serves"),
            help: "The HostTag of the proxy host that uses this target. Required."),
        .init(
            "HostEnabled", aliases: ["Enabled"], .foreignBoolean, default: "True",
            help: "False: check this section, but do not use the target."
        ) {
            $0.isEnabled.spelling
        } store: {
            $0.isEnabled = $1.value
        },
        .init(
            "Descr", \.description, aliases: ["Desc"], .text,
            help: "A description for the operator."),
        .init(
            "TarHost", \.host, .targetHost, .required("name the machine to connect to"),
            help: "The host name or IP address to connect to. Required."),
        .init(
            "TarPort", \.port, .integer(0...65_535), default: "0",
            help: "The port to connect to; 0 uses the port that the client connected to."),
        .init(
            "TarSsl", \.usesTLS, .foreignBoolean, default: "False",
            help: "True: connect to the target with TLS."),
        .init(
            "TarBackup", \.isBackup, .foreignBoolean, default: "False",
            help: "True: use this target only while all others of the tag are down."),
        .init(
            "SrcPath", .nonblankText,
            .reserved(
                .init(isTLS: false, lack: "every path goes to this target") {
                    !["", "/"].contains($0)
                }),
            help: "The path prefix of the requests for this target. The daemon does not route "
                + "requests by path yet: with several targets, the host is down."
        ) {
            $0.path
        } store: {
            $0.path = $1.value.lowercased()
        },
        .init(
            "IdleTimeout", \.idleTimeout, .duration(.zero ... .seconds(86_400)), default: "0",
            help: "How long both sides may be silent before the connection is closed, in "
                + "seconds or with a unit: ms, s, m or h; 0 means no limit."),
        .init(
            "UpdateHttp", \.rewritesHeaders, .foreignBoolean, default: "False",
            .reserved(.init(isTLS: false, lack: "nothing rewrites headers yet", asks: isTrue)),
            help: "True: rewrite the target's name in headers."),
        .init(
            "UpdateHtml", \.rewritesPages, .foreignBoolean, default: "False",
            .reserved(.init(isTLS: false, lack: "nothing rewrites pages yet", asks: isTrue)),
            help: "True: rewrite the target's name in pages."),
        .init(
            "SocketFamily", \.socketFamily,
            .choice(
                socketFamilies.map { ($0, $0) }, ordinals: socketFamilies),
            default: "sfAny", help: "The address families for connections to the target."),
    ]

    /// Whether a boolean of ICS is True.
    private static func isTrue(_ text: String) -> Bool {
        var ignored = Diagnostics()
        let place = SourceLocation(file: "", line: 1, column: 1)
        return !text.isEmpty
            && ValueType<Bool>.foreignBoolean.read(
                Located(text, at: place), of: "", into: &ignored) == true
    }

    private static let socketFamilies = ["sfAny", "sfAnyIPv4", "sfAnyIPv6", "sfIPv4", "sfIPv6"]
}
