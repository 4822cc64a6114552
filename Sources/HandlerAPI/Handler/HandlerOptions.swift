package import NetworkTypes

/// The values of a handler's keys for one host.
///
/// Holds a value for every key that the handler declares, the default where the file is silent.
public struct HandlerOptions: Sendable {
    /// A checked value.
    package enum Value: Hashable, Sendable {
        case text(String)
        case integer(Int)
        case boolean(Bool)
        case duration(Duration)
        /// Permissions, which the file has in octal.
        case mode(Int)
        case list([String])
        case hostPort(HostPort)
    }

    package let values: [String: Value]
    /// The tag of the host that is to be served (`HostTag`).
    public let hostTag: String
    /// The number of the host's SSL port (`BindSslPort`), nil when it has none or a free one.
    public let tlsPort: Int?
    /// Whether the host wants nothing from its clients in the clear (`AuthForceSsl`).
    public let requiresTLS: Bool

    /// The `[Target]` sections of the host's tag, those that are enabled, in the order of the file.
    public let targets: [TargetOptions]
    /// What the service lacks, where another process asks.
    package var limits = ServiceLimits()
    /// Makes handlers by their names (``handler(named:_:)``).
    package var makeHandler: HandlerMaking = { _, name, _ in
        throw HandlerOptionError("there are no handlers here, so none named \"\(name)\"")
    }
    let makeTLS: @Sendable (ClientTLSSettings) throws -> any ClientTLS
    package let tell: @Sendable (_ key: String, _ message: String) -> Void

    package init(
        hostTag: String, values: [String: Value], tlsPort: Int? = nil, requiresTLS: Bool = false,
        targets: [TargetOptions] = [],
        makeTLS: @escaping @Sendable (ClientTLSSettings) throws -> any ClientTLS,
        warn: @escaping @Sendable (_ key: String, _ message: String) -> Void = { _, _ in }
    ) {
        self.hostTag = hostTag
        self.values = values
        self.tlsPort = tlsPort
        self.requiresTLS = requiresTLS
        self.targets = targets
        self.makeTLS = makeTLS
        tell = warn
    }

    /// Warns the operator, in `init`, of a problem that does not keep the host from serving, such as a
    /// missing directory: `check`, start and reload report it at the place of the key.
    ///
    /// - Parameters:
    ///   - key: the key that causes the problem.
    ///   - message: what is wrong: no capital, no period.
    public func warn(_ key: some DeclaredKey, _ message: String) {
        tell(key.declaration.name, message)
    }

    /// Loads the files for TLS connections to targets, once for the host.
    ///
    /// - Throws: ``ClientTLSError`` with what is wrong with a file; blame the key that names it with a
    ///   ``HandlerOptionError``, or let it pass through `init`.
    /// - Returns: what a ``DialTarget`` takes.
    public func clientTLS(_ settings: ClientTLSSettings) throws -> any ClientTLS {
        try makeTLS(settings)
    }

    /// The value of a key.
    ///
    /// A key that ``Handler/keys`` does not list has its default, and the operator is warned, since no file can
    /// set it.
    public subscript<Value>(_ key: HandlerKey<Value>) -> Value {
        let name = key.declaration.name
        if let value = values[name].flatMap(key.kind.unwrap) { return value }
        tell(name, "the handler reads this key, but its keys do not list it: the default is used")
        return key.defaultValue
    }
}

/// A value of a handler's key that is of the key's type and range, but that the handler rejects.
public struct HandlerOptionError: Error, Sendable {
    /// The name of the key.
    public let key: String
    /// Which item of the list is invalid, from 0; nil for the whole value.
    public let item: Int?
    /// What is wrong: no capital, no period.
    public let message: String
    /// Whether the value itself is wrong, which is a mistake of the file: the server does not start.
    ///
    /// False: the value is valid, but this machine is not as it should be, for example a file is missing;
    /// this host is down, and the others serve.
    public let isMistake: Bool

    /// Blames a key, or one item of a key declared as `list` or `texts`.
    public init(
        _ key: some DeclaredKey, item: Int? = nil, isMistake: Bool = true, _ message: String
    ) {
        self.init(name: key.declaration.name, item: item, isMistake: isMistake, message)
    }

    /// Blames the key `Handler`: a host like this cannot have the handler.
    public init(isMistake: Bool = true, _ message: String) {
        self.init(name: "Handler", isMistake: isMistake, message)
    }

    package init(name: String, item: Int? = nil, isMistake: Bool = true, _ message: String) {
        key = name
        self.item = item
        self.isMistake = isMistake
        self.message = message
    }
}
