public import HandlerAPI
internal import Handlers
public import NetworkTypes

extension SocketServer {
    /// The settings of a server for all its hosts: each key of `[Server]` is a property, with the same checks and errors.
    public struct Options: Sendable {
        /// The threads of its clients (`Workers`).
        public var loops = Loops.perCore
        /// How many clients the kernel queues for a listener until they are accepted, 1 to 65,535 (`ListenBacklog`).
        public var listenBacklog = 4_096
        /// The most clients at a time, up to 10,000,000; 0 for no limit, nil for as many as file descriptors and memory allow
        /// (`MaxClients`).
        public var maxClients: Int?
        /// A line that each client gets first; empty for none (`Banner`).
        public var banner = ""
        /// The line that a plain client beyond ``maxClients`` gets; empty for none (`BannerTooBusy`).
        public var bannerTooBusy = "Sorry, too many clients"
        /// How long a TLS handshake may take, 100 ms to an hour (`HandshakeTimeout`).
        public var handshakeTimeout = Duration.seconds(10)
        /// How long clients may take to finish in a drain, up to a day (`DrainTimeout`).
        public var drainTimeout = Duration.seconds(5)
        /// Whose clients of IP addresses may connect: addresses, networks, or `file:` and the path of a list; empty for all
        /// (`AllowFrom`).
        public var allowedClients: [String] = []
        /// Whose may not, in the same form (`DenyFrom`); the longer network decides, and this one if both are as long.
        public var deniedClients: [String] = []
        /// The directory for self-made certificates; nil to keep them in memory (`StateDirectory`).
        public var stateDirectory: String?
        /// What happens when a host cannot start (`OnHostError`).
        public var onHostError = OnHostError.degrade
        /// Whether a host with a TLS port is a mistake (`NoSSL`).
        public var forbidsSSL = false
        /// Whether TLS clients of all hosts present certificates (`SslCliCertMethod`).
        public var clientCertificates = IcsHost.ClientCertificates.none
        /// The authorities of client certificates: a file or directory; empty for those of the system (`CliCertCA`).
        public var clientAuthorities = ""
        /// A file of certificate revocation lists (`CliCertCRL`).
        public var clientRevocations = ""
        /// What clients with an unknown server name get (`SslUnknownName`).
        public var unknownServerName = IcsHost.UnknownServerName.serve
        /// How many days before its expiry a certificate is reported, 0 to 365 (`CertExpireDays`).
        public var certificateExpireDays = 30
        /// A file of keys of session tickets that several machines share (`SslTicketKeyFile`).
        public var ticketKeyFile = ""
        /// Local directories for Windows paths of the keys (`[PathMap]`).
        public var pathMap: [String: String] = [:]
        /// The handlers that ``HandlerSource/named(_:_:)`` finds.
        public var handlers: [any Handler.Type] = BuiltinHandlers.all
        /// Asked for each client when it is accepted; false refuses it at once, without a byte.
        ///
        /// In ICS: `OnClientAcceptFilter`. Called on any loop, which it must not block.
        public var admits: (@Sendable (SocketAddress, Listener) -> Bool)?

        /// Keys without a property.
        var others: [(key: String, value: String)] = []

        /// Creates the default options.
        public init() {}

        /// A key of `[Server]` by its name: for keys without a property, such as those of handlers.
        ///
        /// It is checked as in a file: an unknown key is a mistake, one without effect a warning.
        public subscript(key: String) -> String? {
            get { others.last { $0.key.lowercased() == key.lowercased() }?.value }
            set {
                others.removeAll { $0.key.lowercased() == key.lowercased() }
                if let newValue { others.append((key, newValue)) }
            }
        }
    }

    /// The threads of a server's clients (`Workers`).
    @nonexhaustive
    public enum Loops: Hashable, Sendable {
        /// One for each usable core.
        case perCore
        /// So many, 1 to 1,024.
        case count(Int)
        /// The loops of a group, which other servers may have, too; or of a ``CallerLoop``.
        case shared(LoopGroup)

        /// The group, if the server does not create one.
        var group: LoopGroup? {
            if case .shared(let group) = self { group } else { nil }
        }
    }

    /// What happens when a host cannot start, for example because its port is in use: `OnHostError`.
    @nonexhaustive
    public enum OnHostError: String, CaseIterable, Sendable {
        /// It is down and retried; the others are served.
        case degrade
        /// Nothing is served or changed.
        case fail
    }
}

extension SocketServer.Loops: SettingText {
    var settingText: String? {
        switch self {
        case .perCore: nil
        case .count(let count): "\(count)"
        case .shared(let group): "\(group.executors.count)"
        }
    }
}

extension SocketServer.OnHostError: SettingText {}
