package import HandlerAPI
package import NetworkTypes

/// The settings of a host section.
package struct HostSettings: Sendable {
    /// The identity of the host: the name of its section.
    package var id: SectionID
    /// The start of the section.
    package var location: SourceLocation
    /// `HostEnabled`.
    package var isEnabled = true
    /// `Hosts`: lower-case server names; `*` and one-label wildcards such as `*.example.org` too.
    package var names: [Located<String>] = []
    /// `HostTag`, by default the section's name.
    ///
    /// Several hosts may share one.
    package var tag: String
    /// `Descr`.
    package var description = ""
    /// `BindIpAddr` and `BindIpAddr2`.
    package var addresses: [Located<ListenAddress>] = []
    /// `BindNonPort`, nil for no plain listener.
    package var plainPort: Located<PortChoice>?
    /// `BindSslPort`, nil for no TLS listener.
    package var tlsPort: Located<PortChoice>?
    /// `SslCert` and the related keys.
    package var certificate = CertificateSettings()
    /// `SslSecLevel`.
    package var securityLevel = SecurityLevel.high
    /// `AuthSslCmd` and the related keys.
    package var tls = TLSSettings()
    /// `DrainTimeout` and the other limits, where the host sets them.
    package var limits = HostLimits()
    /// `AllowFrom` and `DenyFrom`, beside those of `[Server]`.
    package var access = AccessSettings()
    /// `Handler`, the name of the handler of the clients.
    package var handler: Located<String>?
    /// The traits of the handler, none for an unknown one.
    package var traits = HandlerTraits()
    /// The handler's own keys, validated against its declaration.
    package var handlerOptions: [HandlerOption] = []
    /// `BindDevice` to `UnixOwner`: the settings of the listening sockets.
    package var listener = ListenerSettings()

    /// The enabled `[Target]` sections with its `HostTag`, in the order of the file.
    package var targets: [TargetSettings] = []

    /// Whether it has a TLS listener.
    package var speaksTLS: Bool {
        tlsPort != nil
            || addresses.contains {
                guard case .unix(_, isTLS: true) = $0.value else { return false }
                return true
            }
    }

    /// Whether it has a plain listener.
    package var speaksPlain: Bool {
        plainPort != nil
            || addresses.contains {
                guard case .unix(_, isTLS: false) = $0.value else { return false }
                return true
            }
    }

    /// Whether some of its clients use TLS: from their first byte, or after an upgrade.
    package var needsCertificate: Bool { speaksTLS || tls.offersUpgrade }

    /// The keys of future features, validated and kept.
    package var reserved: [HandlerOption] = []
    /// The keys without effect.
    package var idle: [IdleKey] = []
    /// The problems that keep this host down, and no other.
    package var troubles: [SectionTrouble] = []
    /// The parts of its section that could not be read.
    package var mistakes: Mistakes = []

    /// The parts of a section that are unknown because of mistakes.
    package struct Mistakes: OptionSet, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// A key, so that any key may be missing.
        package static let keys = Mistakes(rawValue: 1)
        /// The handler or its keys.
        package static let handler = Mistakes(rawValue: 2)
        /// Certificates, TLS, or the names that they cover.
        package static let certificate = Mistakes(rawValue: 4)
        /// Whether it has an SSL port.
        package static let port = Mistakes(rawValue: 8)
    }

    /// Creates a host without settings.
    package init(section: String, location: SourceLocation) {
        id = SectionID(section)
        self.location = location
        tag = section
    }
}

/// A value with its place.
package struct Located<Value: Sendable>: Sendable {
    /// The value.
    package var value: Value
    /// The place of the value.
    package var location: SourceLocation

    /// Creates a value with a place.
    package init(_ value: Value, at location: SourceLocation) {
        self.value = value
        self.location = location
    }
}

extension Located: Equatable where Value: Equatable {}

/// A port number or `auto`.
package enum PortChoice: Hashable, Sendable {
    /// This port, 1 to 65535.
    case number(UInt16)
    /// `auto`: a free port that the kernel picks.
    case automatic
}

/// A key that belongs to the host's handler.
package struct HandlerOption: Sendable {
    /// The key in the handler's own spelling.
    package let key: String
    /// The checked value.
    package let value: HandlerOptions.Value
    /// The place of the value; that of the section for a default.
    package let location: SourceLocation
    /// The place of each item of a list; empty for other values.
    package let items: [SourceLocation]
    /// The source of the value.
    package let origin: Origin

    /// The source of the value of a handler's key.
    package enum Origin: Sendable {
        /// The host's own section.
        case host
        /// `[Server]`, for all hosts that do not set the key.
        case server
        /// The default.
        case standard
    }

    /// Creates an option.
    package init(
        key: String, value: HandlerOptions.Value, location: SourceLocation,
        items: [SourceLocation] = [], origin: Origin = .host
    ) {
        self.key = key
        self.value = value
        self.location = location
        self.items = items
        self.origin = origin
    }

    /// The place of an item of a list, or of the whole value.
    package func place(ofItem item: Int?) -> SourceLocation {
        guard let item, items.indices.contains(item) else { return location }
        return items[item]
    }
}

extension [HandlerOption] {
    /// The option with a key, in the handler's spelling.
    package subscript(key: String) -> HandlerOption? { first { $0.key == key } }
}
