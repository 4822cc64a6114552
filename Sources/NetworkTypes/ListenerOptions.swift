/// How a listening socket is set up beyond its address; nil where the file has no value.
package struct ListenerOptions: Hashable, Sendable {
    /// The interface that clients must come through (`SO_BINDTODEVICE`, socket(7)).
    package var device: String?
    /// Whether the address need not be on this machine yet (`IP_FREEBIND`, ip(7)).
    package var isFreeBind: Bool?
    /// When the kernel asks silent clients whether they live.
    package var keepAlive: KeepAlive?
    /// Clients that may send data with their SYN (`TCP_FASTOPEN`, tcp(7)), 0 for none.
    package var fastOpen: Int?
    /// The seconds that a client may take to its first byte before it is accepted without one
    /// (`TCP_DEFER_ACCEPT`, tcp(7)), 0 to accept at once.
    package var deferAccept: Int?
    /// Whether the peers of the socket send a header of the PROXY protocol.
    package var proxyProtocol: ProxyProtocolMode?
    /// The peers that are trusted to say another address.
    package var trustedProxies: [IPNetwork]?
    /// The permissions of a unix socket's file.
    package var unixMode: UInt32?
    /// Who owns a unix socket's file.
    package var unixOwner: UnixOwner?

    /// The permissions of a unix socket's file by default.
    package static let defaultUnixMode: UInt32 = 0o660

    /// Creates options without values.
    package init() {}

    /// The keys of the configuration for the options.
    package enum Key: String, CaseIterable, Sendable {
        case device = "BindDevice"
        case freeBind = "FreeBind"
        case keepAlive = "KeepAlive"
        case fastOpen = "FastOpen"
        case deferAccept = "DeferAccept"
        case proxyProtocol = "ProxyProtocol"
        case trustedProxies = "TrustedProxies"
        case unixMode = "UnixMode"
        case unixOwner = "UnixOwner"

        /// Whether it concerns unix sockets, or those of TCP.
        package func concerns(isUnix: Bool) -> Bool {
            switch self {
            case .unixMode, .unixOwner: isUnix
            case .proxyProtocol: true
            default: !isUnix
            }
        }
    }

    /// Copies the value of a key from other options.
    package mutating func take(_ key: Key, from other: ListenerOptions) {
        switch key {
        case .device: device = other.device
        case .freeBind: isFreeBind = other.isFreeBind
        case .keepAlive: keepAlive = other.keepAlive
        case .fastOpen: fastOpen = other.fastOpen
        case .deferAccept: deferAccept = other.deferAccept
        case .proxyProtocol: proxyProtocol = other.proxyProtocol
        case .trustedProxies: trustedProxies = other.trustedProxies
        case .unixMode: unixMode = other.unixMode
        case .unixOwner: unixOwner = other.unixOwner
        }
    }
}

/// When the kernel asks silent clients whether they live (`SO_KEEPALIVE`, tcp(7)).
package enum KeepAlive: Hashable, Sendable {
    /// Never.
    case off
    /// The values of `net.ipv4.tcp_keepalive_time` and its siblings.
    case system
    /// After seconds of silence, then at an interval in seconds, and so many times.
    case every(idle: Int, interval: Int, count: Int)
}

/// Who sends a header of the PROXY protocol to a socket.
package enum ProxyProtocolMode: String, CaseIterable, Sendable {
    /// Nobody.
    case none
    /// The trusted proxies; all others are clients themselves.
    case optional
    /// The trusted proxies, and nobody else may connect.
    case require
}

/// Who owns a unix socket's file, by name or number; nil leaves it to the process.
package struct UnixOwner: Hashable, Sendable {
    /// The user.
    package var user: String?
    /// The group.
    package var group: String?

    /// Joins a user and a group.
    package init(user: String?, group: String?) {
        self.user = user
        self.group = group
    }
}
