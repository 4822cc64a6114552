internal import Configuration

extension SocketServer.Options {
    /// The property of each key of `[Server]` that is not reserved.
    static let keys: [PropertyKey<SocketServer.Options>] = [
        .init("Workers", \.loops), .init("ListenBacklog", \.listenBacklog),
        .init("MaxClients", \.maxClients), .init("Banner", \.banner),
        .init("BannerTooBusy", \.blankableTooBusy), .init("HandshakeTimeout", \.handshakeTimeout),
        .init("DrainTimeout", \.drainTimeout), .init("StateDirectory", \.stateDirectory),
        .init("OnHostError", \.onHostError), .init("NoSSL", \.forbidsSSL),
        .init("SslCliCertMethod", \.clientCertificates), .init("CliCertCA", \.clientAuthorities),
        .init("CliCertCRL", \.clientRevocations), .init("SslUnknownName", \.unknownServerName),
        .init("CertExpireDays", \.certificateExpireDays),
        .init("SslTicketKeyFile", \.ticketKeyFile), .init("AllowFrom", \.allowedClients),
        .init("DenyFrom", \.deniedClients),
    ]

    /// A blank text is none, not the default.
    private var blankableTooBusy: BlankText { BlankText(text: bannerTooBusy) }

    private struct BlankText: SettingText {
        let text: String
        var settingText: String? { text }
    }

    /// The options as the sections `[Server]` and `[PathMap]` of a file.
    func sections(at place: SourceLocation) -> [INIDocument.Section] {
        let paths = pathMap.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        let map = INIDocument.Section("PathMap", self, [], paths, at: place)
        return [INIDocument.Section("Server", self, Self.keys, others, at: place)]
            + (paths.isEmpty ? [] : [map])
    }
}
