internal import Platform

/// A TCP port to listen on: a number, or the name of a service in `/etc/services`.
///
/// In ICS: `Port`, `PortNum`. Write it as a literal: `plain: 80`, `ssl: "https"`. Port 0 is a free port that the
/// kernel chooses (`auto` in the file); ``SocketServer/listeners`` has the real one afterwards.
@nonexhaustive
public enum Port: Hashable, Sendable {
    /// This port; 0 for a free one.
    case number(UInt16)
    /// The TCP port of a service (getservbyname(3)), looked up when the server listens.
    case service(String)
}

extension Port: ExpressibleByIntegerLiteral {
    /// A port by number.
    public init(integerLiteral value: UInt16) { self = .number(value) }
}

extension Port: ExpressibleByStringLiteral {
    /// A port by the name of its service, such as `"https"`, or by its digits.
    public init(stringLiteral value: String) { self.init(value) }
}

extension Port {
    /// A port by the name of its service, or by its digits.
    public init(_ text: String) {
        self = UInt16(text).map { .number($0) } ?? .service(text)
    }
}

extension Port: SettingText {
    /// An unknown service stays as it is: the check of the key reports it.
    var settingText: String? {
        switch self {
        case .number(0): "auto"
        case .number(let number): "\(number)"
        case .service(let name): ServiceName.port(of: name).map { "\($0)" } ?? name
        }
    }
}
