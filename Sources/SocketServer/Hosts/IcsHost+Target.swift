extension IcsHost {
    /// A machine to which the handler `proxy` or `forward` relays the clients of a host: a `[Target]` section.
    public struct Target: Sendable {
        /// The name, the address, or `unix:` and the path of a socket (`TarHost`).
        public var host: String
        /// The port (`TarPort`); 0 for the port that the client connected to.
        public var port: Int
        /// Whether to connect with TLS (`TarSsl`).
        public var usesTLS: Bool
        /// Whether it is only used while all others are down (`TarBackup`).
        public var isBackup: Bool
        /// Whether it is used (`HostEnabled`).
        public var isEnabled = true
        /// A description (`Descr`).
        public var description = ""
        /// How long both sides may be silent, up to a day; zero for no limit (`IdleTimeout`).
        public var idleTimeout = Duration.zero
        /// The address families of its name (`SocketFamily`).
        public var socketFamily = SocketFamily.any

        /// Keys without a property.
        var others: [(key: String, value: String)] = []

        /// Creates a target.
        public init(
            _ host: String, port: Int = 0, usesTLS: Bool = false, isBackup: Bool = false
        ) {
            (self.host, self.port) = (host, port)
            (self.usesTLS, self.isBackup) = (usesTLS, isBackup)
        }

        /// A key by its name in the file: for keys without a property.
        public subscript(key: String) -> String? {
            get { others.last { $0.key.lowercased() == key.lowercased() }?.value }
            set {
                others.removeAll { $0.key.lowercased() == key.lowercased() }
                if let newValue { others.append((key, newValue)) }
            }
        }
    }

    /// The address families of a name: ICS's TSocketFamily.
    @nonexhaustive
    public enum SocketFamily: String, CaseIterable, Sendable {
        /// Either.
        case any = "sfAny"
        /// IPv4 first.
        case preferIPv4 = "sfAnyIPv4"
        /// IPv6 first.
        case preferIPv6 = "sfAnyIPv6"
        /// IPv4 only.
        case onlyIPv4 = "sfIPv4"
        /// IPv6 only.
        case onlyIPv6 = "sfIPv6"
    }
}

extension IcsHost.SocketFamily: SettingText {}
