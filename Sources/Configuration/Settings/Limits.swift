/// The limits of clients: `[Server]` sets them for all hosts, and each host for itself.
///
/// A limit is a property here and a line in ``Schema/limits``; the server reads it with
/// `Worker.limits(of:)`.
package struct Limits: Sendable {
    /// `DrainTimeout`: how long clients may take to finish.
    ///
    /// It applies when the server shuts down or a reload changes or removes their host.
    package var drainTimeout = Duration.seconds(5)

    /// Creates default limits.
    package init() {}
}

extension Schema {
    /// The keys of limits, in `[Server]` and in hosts.
    static let limits = [
        LimitKey(
            "DrainTimeout", \.drainTimeout, .duration(.zero ... .seconds(86_400)), default: "5",
            help: "How long clients may take to finish at shutdown, or when a reload changes or "
                + "removes their host, in seconds or with a unit: ms, s, m or h. Those that "
                + "remain are disconnected.")
    ]
}

/// The limits that a host sets itself.
package struct HostLimits: Sendable {
    /// How each limit is set, by its key.
    private var changes: [String: @Sendable (inout Limits) -> Void] = [:]

    /// Creates an empty set of limits.
    package init() {}

    /// The limits in force: those of the host, otherwise those of `[Server]`.
    package func over(_ server: Limits) -> Limits {
        changes.values.reduce(into: server) { $1(&$0) }
    }

    /// Sets the limit of a key.
    package mutating func set<Value: Sendable>(
        _ key: String, _ limit: any WritableKeyPath<Limits, Value> & Sendable, to value: Value
    ) {
        changes[key] = { $0[keyPath: limit] = value }
    }

    /// The host's own value of a limit, nil when it has none.
    fileprivate func value<Value>(_ key: String, _ limit: KeyPath<Limits, Value>) -> Value? {
        changes[key] == nil ? nil : over(Limits())[keyPath: limit]
    }
}

/// A key of `[Server]` and hosts, for one limit.
struct LimitKey: Sendable {
    let server: SchemaKey<ServerSettings>
    let host: SchemaKey<HostSettings>

    /// Declares the key of a limit.
    ///
    /// - Parameters:
    ///   - name: the key as spelled in the documentation.
    ///   - limit: the property of ``Limits``.
    ///   - type: the type of its values.
    ///   - defaultText: the default of `[Server]` as spelled in the file.
    ///   - help: one line for the sample configuration.
    init<Value: Spelled & Equatable>(
        _ name: String, _ limit: any WritableKeyPath<Limits, Value> & Sendable,
        _ type: ValueType<Value>, default defaultText: String, help: String
    ) {
        server = SchemaKey(name, type, default: defaultText, help: help) { settings in
            let value = settings.limits[keyPath: limit]
            return value == Limits()[keyPath: limit] ? nil : value.spelling
        } store: { settings, value in
            settings.limits[keyPath: limit] = value.value
        }
        host = SchemaKey(name, type, help: "\(help) Blank uses the value of [Server].") {
            settings in
            settings.limits.value(name, limit)?.spelling
        } store: { settings, value in
            settings.limits.set(name, limit, to: value.value)
        }
    }
}
