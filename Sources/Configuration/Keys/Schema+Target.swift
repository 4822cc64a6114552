extension Schema {
    static let targetKeys: [SchemaKey<TargetSettings>] = [
        .init(
            "HostTag", .nonblankText, .required("name the tag of the host that it serves"),
            help: "the HostTag of the host whose clients come here; required"
        ) { $0.tag = $1 },
        .init(
            "HostEnabled", aliases: ["Enabled"], .foreignBoolean, default: "True",
            help: "False: read and check this section, but do not use it"
        ) { $0.isEnabled = $1.value },
        .init(
            "Descr", aliases: ["Desc"], .text, help: "a description for people"
        ) { $0.description = $1.value },
        .init(
            "TarHost", .targetHost, .required("name the machine to connect to"),
            help: "the name or address to connect to; required"
        ) { $0.host = $1 },
        .init(
            "TarPort", .integer(0...65_535), default: "0",
            help: "the port to connect to; 0 for the one that the client came to"
        ) { $0.port = $1.value },
        .init(
            "TarSsl", .foreignBoolean, default: "False", help: "True: speak TLS to the target"
        ) { $0.usesTLS = $1.value },
        .init(
            "TarBackup", .foreignBoolean, default: "False",
            help: "True: use this target when all others of the tag are down"
        ) { $0.isBackup = $1.value },
        .init(
            "SrcPath", .nonblankText,
            .reserved(
                .init(isTLS: false, lack: "every path goes to this target") {
                    !["", "/"].contains($0)
                }),
            help: "only requests whose path begins so come here; not obeyed yet, so with several "
                + "targets the host is down"
        ) { $0.path = $1.value.lowercased() },
        .init(
            "IdleTimeout", .duration(.zero ... .seconds(86_400)), default: "0",
            help: "how long both sides may be silent, 0 for as long as they like"
        ) { $0.idleTimeout = $1.value },
        .init(
            "UpdateHttp", .foreignBoolean, default: "False",
            .reserved(.init(isTLS: false, lack: "nothing rewrites headers yet", asks: isTrue)),
            help: "True: rewrite the target's name in headers"
        ) { $0.rewritesHeaders = $1.value },
        .init(
            "UpdateHtml", .foreignBoolean, default: "False",
            .reserved(.init(isTLS: false, lack: "nothing rewrites pages yet", asks: isTrue)),
            help: "True: rewrite the target's name in pages"
        ) { $0.rewritesPages = $1.value },
        .init(
            "SocketFamily",
            .choice(
                socketFamilies.map { ($0, $0) }, ordinals: socketFamilies),
            default: "sfAny", help: "which addresses of the target may be used"
        ) { $0.socketFamily = $1.value },
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
