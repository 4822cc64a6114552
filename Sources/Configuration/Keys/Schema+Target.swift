extension Schema {
    static let targetKeys: [SchemaKey<TargetSettings>] = [
        .init(
            "HostTag", \.tag, .nonblankText, .required("name the tag of the host that it serves"),
            help: "the HostTag of the host whose clients come here; required"),
        .init(
            "HostEnabled", aliases: ["Enabled"], .foreignBoolean, default: "True",
            help: "False: read and check this section, but do not use it"
        ) {
            $0.isEnabled.spelling
        } store: {
            $0.isEnabled = $1.value
        },
        .init(
            "Descr", \.description, aliases: ["Desc"], .text, help: "a description for people"),
        .init(
            "TarHost", \.host, .targetHost, .required("name the machine to connect to"),
            help: "the name or address to connect to; required"),
        .init(
            "TarPort", \.port, .integer(0...65_535), default: "0",
            help: "the port to connect to; 0 for the one that the client came to"),
        .init(
            "TarSsl", \.usesTLS, .foreignBoolean, default: "False",
            help: "True: speak TLS to the target"),
        .init(
            "TarBackup", \.isBackup, .foreignBoolean, default: "False",
            help: "True: use this target when all others of the tag are down"),
        .init(
            "SrcPath", .nonblankText,
            .reserved(
                .init(isTLS: false, lack: "every path goes to this target") {
                    !["", "/"].contains($0)
                }),
            help: "only requests whose path begins so come here; not obeyed yet, so with several "
                + "targets the host is left out"
        ) {
            $0.path
        } store: {
            $0.path = $1.value.lowercased()
        },
        .init(
            "IdleTimeout", \.idleTimeout, .duration(.zero ... .seconds(86_400)), default: "0",
            help: "how long both sides may be silent, 0 for as long as they like"),
        .init(
            "UpdateHttp", \.rewritesHeaders, .foreignBoolean, default: "False",
            .reserved(.init(isTLS: false, lack: "nothing rewrites headers yet", asks: isTrue)),
            help: "True: rewrite the target's name in headers"),
        .init(
            "UpdateHtml", \.rewritesPages, .foreignBoolean, default: "False",
            .reserved(.init(isTLS: false, lack: "nothing rewrites pages yet", asks: isTrue)),
            help: "True: rewrite the target's name in pages"),
        .init(
            "SocketFamily", \.socketFamily,
            .choice(
                socketFamilies.map { ($0, $0) }, ordinals: socketFamilies),
            default: "sfAny", help: "which addresses of the target may be used"),
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
