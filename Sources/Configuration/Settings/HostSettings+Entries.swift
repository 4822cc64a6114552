internal import HandlerAPI
internal import NetworkTypes

extension HostSettings {
    /// The keys and values that make such a host, defaults left out, in their plainest spelling.
    package var entries: [SettingsEntry] {
        var entries = [
            SettingsEntry("Hosts", names.map(\.value).joined(separator: ",")),
            SettingsEntry("HostEnabled", isEnabled ? "True" : "False"),
        ]
        if tag != section { entries.append(.init("HostTag", tag)) }
        if !description.isEmpty { entries.append(.init("Descr", description)) }
        entries.append(
            .init("BindIpAddr", addresses.map { "\($0.value)" }.joined(separator: ",")))
        entries += [("BindNonPort", plainPort), ("BindSslPort", tlsPort)].compactMap { key, port in
            port.map { .init(key, $0.value.text) }
        }
        entries += certificate.entries
        if securityLevel != .high {
            entries.append(.init("SslSecLevel", Schema.name(of: securityLevel)))
        }
        entries += tls.entries
        entries += listener.entries
        // Of a key that ICS has too, the handler has all texts.
        entries += reserved.filter {
            handlerOptions[$0.key]?.origin != .host && !idle.has($0.key) && !isTroubled(by: $0.key)
        }
        .map { .init($0.key, $0.value.text) }
        if let drainTimeout {
            entries.append(.init("DrainTimeout", ValueType<Duration>.text(drainTimeout)))
        }
        if let handler { entries.append(.init("Handler", handler.value)) }
        return entries + handlerOptions.filter { $0.origin == .host }.flatMap(\.entries)
    }

    /// Whether a key is printed with its trouble.
    private func isTroubled(by key: String) -> Bool {
        troubles.contains { $0.key == key && $0.value != nil }
    }

    /// The ``entries``, those that keep it from serving, and those of `[Server]` and `[Target]` that its handler goes by: what makes it serve as it
    /// does.
    package var effectiveEntries: [SettingsEntry] {
        entries + handlerOptions.filter { $0.origin == .server }.flatMap(\.entries)
            + troubles.compactMap { trouble in
                trouble.value.map { SettingsEntry(trouble.key, $0) }
            }
            + targets.flatMap { target in
                target.entries.map { SettingsEntry("[\(target.section)] \($0.key)", $0.value) }
            }
    }
}

extension ServerSettings {
    /// The keys and values that make such a server, defaults left out.
    package var entries: [SettingsEntry] {
        let standard = ServerSettings()
        var entries: [SettingsEntry] = []
        func add<Value: Equatable>(
            _ key: String, _ member: KeyPath<ServerSettings, Value>, _ text: (Value) -> String
        ) {
            guard self[keyPath: member] != standard[keyPath: member] else { return }
            entries.append(.init(key, text(self[keyPath: member])))
        }
        add("Workers", \.workers) { $0.map { "\($0)" } ?? "auto" }
        add("ListenBacklog", \.listenBacklog) { "\($0)" }
        add("MaxClients", \.maxClients) { $0.map { "\($0)" } ?? "auto" }
        add("Banner", \.banner) { $0 }
        add("BannerTooBusy", \.bannerTooBusy) { $0 }
        add("HandshakeTimeout", \.handshakeTimeout, ValueType<Duration>.text)
        add("DrainTimeout", \.drainTimeout, ValueType<Duration>.text)
        add("StateDirectory", \.stateDirectory) { $0 ?? "" }
        add("ControlSocket", \.controlSocket) { $0 ?? "" }
        add("LogLevel", \.logLevel) { $0.rawValue }
        add("OnHostError", \.onHostError) { $0.rawValue }
        if forbidsTLS != nil { entries.append(.init("NoSSL", "True")) }
        entries += clientCertificates.entries(method: "SslCliCertMethod")
        if let unknownName { entries.append(.init("SslUnknownName", unknownName.value.rawValue)) }
        add("CertExpireDays", \.certificateExpireDays) { "\($0)" }
        if let ticketKeyFile { entries.append(.init("SslTicketKeyFile", ticketKeyFile.value)) }
        return entries
            + reserved.filter { !idle.has($0.key) }.map { .init($0.key, $0.value.text) }
    }
}

extension TargetSettings {
    /// The keys and values that make such a target, defaults left out.
    package var entries: [SettingsEntry] {
        var entries: [SettingsEntry] = []
        if let tag { entries.append(.init("HostTag", tag.value)) }
        entries.append(.init("HostEnabled", isEnabled ? "True" : "False"))
        if !description.isEmpty { entries.append(.init("Descr", description)) }
        if let host { entries.append(.init("TarHost", host.value)) }
        if port != 0 { entries.append(.init("TarPort", "\(port)")) }
        if usesTLS { entries.append(.init("TarSsl", "True")) }
        if isBackup { entries.append(.init("TarBackup", "True")) }
        if let path, !idle.has("SrcPath") { entries.append(.init("SrcPath", path)) }
        if idleTimeout != .zero {
            entries.append(.init("IdleTimeout", ValueType<Duration>.text(idleTimeout)))
        }
        if let socketFamily { entries.append(.init("SocketFamily", socketFamily)) }
        return entries
    }
}

extension TLSSettings {
    fileprivate var entries: [SettingsEntry] {
        var entries = [
            ("SslCipherList12", ciphers), ("SslCipherList13", suites), ("SslCryptoGroups", groups),
        ].compactMap { key, value in value.map { SettingsEntry(key, $0.value) } }
        if let protocols {
            entries.append(.init("SslAlpnProtocols", protocols.value.joined(separator: ",")))
        }
        entries += clients.entries(method: "CliCertMethod")
        if let unknownName { entries.append(.init("SslUnknownName", unknownName.value.rawValue)) }
        if offersUpgrade { entries.append(.init("AuthSslCmd", "True")) }
        if requiresUpgrade { entries.append(.init("AuthForceSsl", "True")) }
        return entries
    }
}

extension ClientCertificateSettings {
    fileprivate func entries(method key: String) -> [SettingsEntry] {
        let method = asks ? self.method.map { SettingsEntry(key, $0.value.name) } : nil
        let files = [("CliCertCA", authorities), ("CliCertCRL", revocations)].compactMap {
            key, value in value.map { SettingsEntry(key, $0.value) }
        }
        return [method].compactMap { $0 } + files
    }
}

extension ListenerSettings {
    fileprivate var entries: [SettingsEntry] {
        ListenerOptions.Key.allCases.compactMap { key in
            guard places[key] != nil else { return nil }
            return SettingsEntry(key.rawValue, text(of: key))
        }
    }

    private func text(of key: ListenerOptions.Key) -> String {
        switch key {
        case .device: options.device ?? ""
        case .freeBind: options.isFreeBind == true ? "True" : "False"
        case .keepAlive:
            switch options.keepAlive {
            case .every(let idle, let interval, let count): "\(idle):\(interval):\(count)"
            case .system: "True"
            case .off, nil: "False"
            }
        case .fastOpen: "\(options.fastOpen ?? 0)"
        case .deferAccept: "\(options.deferAccept ?? 0)"
        case .unixMode: "0" + String(options.unixMode ?? 0, radix: 8)
        case .unixOwner:
            (options.unixOwner?.user ?? "") + (options.unixOwner?.group.map { ":\($0)" } ?? "")
        }
    }
}

extension PortChoice {
    fileprivate var text: String {
        switch self {
        case .number(let number): "\(number)"
        case .automatic: "auto"
        }
    }
}

extension HandlerOption {
    /// The lines that say so: one for each text of a key that may be repeated.
    fileprivate var entries: [SettingsEntry] {
        guard isRepeated, case .list(let items) = value else { return [.init(key, value.text)] }
        return items.map { .init(key, $0) }
    }

    /// Whether each text has a line of its own.
    private var isRepeated: Bool { Set(items.map(\.line)).count == items.count }
}

extension HandlerOptionValue {
    /// As the file would spell it.
    package var text: String {
        switch self {
        case .text(let text): text
        case .integer(let number): "\(number)"
        case .boolean(let flag): flag ? "True" : "False"
        case .duration(let time): ValueType<Duration>.text(time)
        case .mode(let mode): "0" + String(mode, radix: 8)
        case .list(let items): items.joined(separator: ",")
        case .hostPort(let value): "\(value)"
        }
    }
}
