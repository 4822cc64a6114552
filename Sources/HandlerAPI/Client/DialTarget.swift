package import NetworkTypes

/// Whom a handler dials, and how.
public struct DialTarget: Sendable {
    /// Where somebody listens.
    @nonexhaustive
    public enum Place: Hashable, Sendable {
        /// A TCP port of a machine: its name, or its IPv4 or IPv6 address.
        case host(String, port: UInt16)
        /// A unix socket: an absolute path, or `@` and an abstract name.
        case unix(String)
    }

    /// Which addresses of a name are tried, and which first.
    @nonexhaustive
    public enum Family: Sendable {
        /// All, in the order of the resolver.
        case any
        /// All, those of IPv4 first.
        case preferIPv4
        /// All, those of IPv6 first.
        case preferIPv6
        /// Those of IPv4.
        case onlyIPv4
        /// Those of IPv6.
        case onlyIPv6
    }

    /// Where.
    public var place: Place {
        didSet { endpoint = place.endpoint }
    }
    /// The same where no name has to be resolved, read once and not for each connection.
    package private(set) var endpoint: Endpoint?
    /// Which of its addresses.
    public var family = Family.any
    /// Speaks TLS with this; nil for a plain connection.
    public var tls: (any ClientTLS)?
    /// The name that the target's certificate must be for, and that it is told; nil for that of the
    /// place.
    public var serverName: String?
    /// Sent at once in the clear, before any handshake: a header of the PROXY protocol.
    public var preface: [UInt8] = []
    /// Whether a listener that leads to the host which dials is refused: who passes clients on to it
    /// would get them back, and pass them on again, without end.
    public var avoidsOwnHost = false
    /// How long all of it may take: resolution, all addresses, the handshake.
    public var timeout = Duration.seconds(10)

    /// Dials a place, plain.
    public init(_ place: Place) {
        self.place = place
        endpoint = place.endpoint
    }
}

extension DialTarget.Place {
    fileprivate var endpoint: Endpoint? {
        switch self {
        case .unix(let name): UnixAddress(name).map { .unix($0) }
        // With a zone an address is as good as a literal (`fe80::1%eth0`).
        case .host(let name, let port):
            Endpoint(parsing: name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)")
        }
    }
}

extension DialTarget: CustomStringConvertible {
    /// `www.example:443`, `[::1]:80` or `unix:/run/app.sock`.
    public var description: String {
        switch place {
        case .host(let name, let port): name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)"
        case .unix(let name): "unix:\(name)"
        }
    }
}

/// How to speak TLS to a target, ready to be used: ``HandlerOptions/clientTLS(_:)`` makes it when the
/// host is made, connections share it and resume each other's sessions.
public protocol ClientTLS: AnyObject, Sendable {}

/// What to demand of a target, and what to show it.
public struct ClientTLSSettings: Hashable, Sendable {
    /// Whether its certificate must be of a known authority and for its name.
    public var verifies = true
    /// A file of PEM certificates of the authorities; nil for those of the system.
    public var authorities: String?
    /// A PEM file with the certificate that we show, and its chain.
    public var certificate: String?
    /// A PEM file with its key; nil when the first has it.
    public var key: String?

    /// Verifies with the system's authorities, shows nothing.
    public init() {}
}

/// What keeps a file of ``ClientTLSSettings`` from being used.
public struct ClientTLSError: Error, Hashable, Sendable {
    /// Which of the files.
    @nonexhaustive
    public enum Part: Hashable, Sendable {
        case authorities
        case certificate
        case key
    }

    /// The file to blame.
    public let part: Part
    /// What is wrong with it: no capital, no period.
    public let message: String

    package init(_ part: Part, _ message: String) {
        self.part = part
        self.message = message
    }
}

extension ClientTLSError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}

/// Why a target was not reached.
@nonexhaustive
public enum DialError: Error, Hashable, Sendable {
    /// Its name has no address that may be used.
    case unresolved(reason: String)
    /// No address took the connection; the reason is that of the last one.
    case unreachable(reason: String)
    /// It took too long.
    case timedOut
    /// The handshake failed, or the target is not whom we want.
    case tlsFailed(reason: String)
    /// It is a listener of the host itself (``DialTarget/avoidsOwnHost``).
    case ownHost
    /// It was reached, and broke afterwards.
    case lost(reason: String)
}

extension DialError: CustomStringConvertible {
    /// What a record says of it.
    public var description: String {
        switch self {
        case .unresolved(let reason), .unreachable(let reason), .tlsFailed(let reason): reason
        case .lost(let reason): "the target is gone: \(reason)"
        case .timedOut: "timed out"
        case .ownHost: "this host itself listens there, which would be a loop"
        }
    }
}

/// What went over a connection.
public struct Traffic: Hashable, Sendable {
    /// Bytes that we sent.
    public var sent: UInt64
    /// Bytes that we received.
    public var received: UInt64

    /// Joins both.
    public init(sent: UInt64, received: UInt64) {
        (self.sent, self.received) = (sent, received)
    }
}
