package import NetworkTypes

/// What one host section says.
package struct HostSettings: Sendable {
    /// The section's name as written, such as `IcsHost1`: the host's identity.
    package var section: String
    /// Where the section begins.
    package var location: SourceLocation
    /// `HostEnabled`.
    package var isEnabled = true
    /// `Hosts`: lower-case server names; `*` and one-label wildcards such as `*.example.org` too.
    package var names: [Located<String>] = []
    /// `HostTag`, the section's name where absent.
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
    /// `SslCert` and its like.
    package var certificate = CertificateSettings()
    /// `SslSecLevel`.
    package var securityLevel = SecurityLevel.high
    /// `AuthSslCmd` and its like.
    package var tls = TLSSettings()
    /// `DrainTimeout`, nil for that of the server.
    package var drainTimeout: Duration?
    /// `Handler`, the name of the module that serves the clients.
    package var handler: Located<String>?
    /// The handler's own keys as written, checked against what it declares.
    package var handlerOptions: [HandlerOption] = []
    /// `BindDevice` to `UnixOwner`: how the listening sockets are set up.
    package var listener = ListenerSettings()

    /// The `[Target]` sections of its `HostTag`, those that are enabled, in the order of the file.
    package var targets: [TargetSettings] = []

    /// Whether it has a listener whose clients speak TLS.
    package var speaksTLS: Bool {
        tlsPort != nil
            || addresses.contains {
                guard case .unix(_, isTLS: true) = $0.value else { return false }
                return true
            }
    }

    /// Whether it has a listener whose clients begin without TLS.
    package var speaksPlain: Bool {
        plainPort != nil
            || addresses.contains {
                guard case .unix(_, isTLS: false) = $0.value else { return false }
                return true
            }
    }

    /// Whether some of its clients speak TLS: from their first byte, or once they ask for it.
    package var needsCertificate: Bool { speaksTLS || tls.offersUpgrade }

    /// The keys of features that a later version brings, checked and kept.
    package var reserved: [HandlerOption] = []
    /// The keys that nobody goes by.
    package var idle: [IdleKey] = []
    /// What keeps this host, and no other, from serving.
    package var troubles: [SectionTrouble] = []
    /// What its section says and nobody could read.
    package var mistakes: Mistakes = []

    /// What of a section is not known, because it is mistaken.
    package struct Mistakes: OptionSet, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// A key, so that any may be missing.
        package static let keys = Mistakes(rawValue: 1)
        /// What its handler goes by, or which one it is.
        package static let handler = Mistakes(rawValue: 2)
        /// Certificates, TLS, or the names that they are for.
        package static let certificate = Mistakes(rawValue: 4)
        /// Whether it has an SSL port.
        package static let port = Mistakes(rawValue: 8)
    }

    /// Begins an otherwise empty host.
    package init(section: String, location: SourceLocation) {
        self.section = section
        self.location = location
        tag = section
    }
}

/// A value with the place it was written at.
package struct Located<Value: Sendable>: Sendable {
    /// The value.
    package var value: Value
    /// Where it stands.
    package var location: SourceLocation

    /// Joins a value with its place.
    package init(_ value: Value, at location: SourceLocation) {
        self.value = value
        self.location = location
    }
}

extension Located: Equatable where Value: Equatable {}

/// A port of the file: a number, or `auto`.
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
    package let value: HandlerOptionValue
    /// Where the value stands; the section's place where it is the default.
    package let location: SourceLocation
    /// Where each item of a list stands; empty for other values.
    package let items: [SourceLocation]
    /// Who says so.
    package let origin: Origin

    /// Who says what the value of a handler's key is.
    package enum Origin: Sendable {
        /// The host's own section.
        case host
        /// `[Server]`, for all hosts that do not say otherwise.
        case server
        /// Nobody: it is the default.
        case standard
    }

    /// Joins a key with its value and places.
    package init(
        key: String, value: HandlerOptionValue, location: SourceLocation,
        items: [SourceLocation] = [], origin: Origin = .host
    ) {
        self.key = key
        self.value = value
        self.location = location
        self.items = items
        self.origin = origin
    }

    /// Where an item of a list stands, or the whole value.
    package func place(ofItem item: Int?) -> SourceLocation {
        guard let item, items.indices.contains(item) else { return location }
        return items[item]
    }
}

extension [HandlerOption] {
    /// The option with a key, in the handler's spelling.
    package subscript(key: String) -> HandlerOption? { first { $0.key == key } }
}

/// The value of a handler's key.
package enum HandlerOptionValue: Hashable, Sendable {
    case text(String)
    case integer(Int)
    case boolean(Bool)
    case duration(Duration)
    /// Permissions, which the file has in octal.
    case mode(Int)
    case list([String])
    case hostPort(HostPort)
}
