public import NetworkTypes

/// The values of a handler's keys for one host.
///
/// Holds a value for every key that the handler declares, the default where the file is silent.
/// Asking for a key that was not declared, or as another type, is a mistake in the handler and
/// traps.
public struct HandlerOptions: Sendable {
    /// A checked value.
    package enum Value: Sendable {
        case text(String)
        case integer(Int)
        case boolean(Bool)
        case duration(Duration)
        case list([String])
        case hostPort(HostPort)
    }

    private let values: [String: Value]
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
    private let makeTLS: @Sendable (ClientTLSSettings) throws -> any ClientTLS
    private let tell: @Sendable (_ key: String, _ message: String) -> Void

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

    /// Tells the operator, in `init`, of what does not keep the host from serving, such as a directory
    /// that is not there yet: `check`, start and reload show it at the place of the key.
    ///
    /// - Parameters:
    ///   - key: the key as declared.
    ///   - message: what is wrong: no capital, no period.
    public func warn(_ key: String, _ message: String) { tell(key, message) }

    /// Gets ready to speak TLS to targets: loads the files, once for the host.
    ///
    /// - Throws: ``ClientTLSError`` with what is wrong with a file; blame the key that names it with a
    ///   ``HandlerOptionError``, or let it pass through `init`.
    /// - Returns: what a ``DialTarget`` takes.
    public func clientTLS(_ settings: ClientTLSSettings) throws -> any ClientTLS {
        try makeTLS(settings)
    }

    /// The value of a key declared as `text`, `choice` or `hostName`.
    public func text(_ key: String) -> String {
        guard case .text(let value) = values[key] else { undeclared(key, "text") }
        return value
    }

    /// The value of a key declared as `integer`, `size` in bytes, or `mode`.
    public func integer(_ key: String) -> Int {
        guard case .integer(let value) = values[key] else { undeclared(key, "integer") }
        return value
    }

    /// The value of a key declared as `boolean`.
    public func boolean(_ key: String) -> Bool {
        guard case .boolean(let value) = values[key] else { undeclared(key, "boolean") }
        return value
    }

    /// The value of a key declared as `duration`.
    public func duration(_ key: String) -> Duration {
        guard case .duration(let value) = values[key] else { undeclared(key, "duration") }
        return value
    }

    /// The value of a key declared as `path`, nil when it is blank.
    public func path(_ key: String) -> String? {
        guard case .text(let value) = values[key] else { undeclared(key, "path") }
        return value.isEmpty ? nil : value
    }

    /// The value of a key declared as `list` or `texts`, in the order of the file.
    public func list(_ key: String) -> [String] {
        guard case .list(let value) = values[key] else { undeclared(key, "list or texts") }
        return value
    }

    /// The value of a key declared as `hostPort`, nil when it is blank.
    public func hostPort(_ key: String) -> HostPort? {
        switch values[key] {
        case .hostPort(let value): return value
        case .text(""): return nil
        default: undeclared(key, "hostPort")
        }
    }

    private func undeclared(_ key: String, _ type: String) -> Never {
        preconditionFailure("the handler declares no key \(key) of type \(type)")
    }
}

/// A value of a handler's key that passes the key's type and range but not the handler itself.
public struct HandlerOptionError: Error, Sendable {
    /// The key as declared.
    public let key: String
    /// Which item of the list is to blame, from 0; nil for the whole value.
    public let item: Int?
    /// What is wrong: no capital, no period.
    public let message: String
    /// Whether the text itself is wrong, which is a mistake of the file that nobody starts with.
    ///
    /// False: what the text names is not as it should be on this machine, such as a file that is not
    /// there; this host is down and the rest serve.
    public let isMistake: Bool

    /// Blames a key, or one item of a key declared as `list` or `texts`.
    public init(_ key: String, item: Int? = nil, isMistake: Bool = true, _ message: String) {
        self.key = key
        self.item = item
        self.isMistake = isMistake
        self.message = message
    }
}
