internal import Platform

/// Why a server does not listen, or does not take over hosts.
///
/// Nothing has changed then.
@nonexhaustive
public enum ListenError: Error, Sendable {
    /// The hosts have mistakes, each with its place.
    case mistakes(ConfigurationMistakes)
    /// No host could start, or one with `OnHostError=fail`; each with its reason, and `errno` where a call failed.
    case hosts([SocketServer.HostReport])
    /// A system call failed.
    case system(call: String, errno: Int32)
    /// The server is draining or was aborted meanwhile.
    case stopped
}

extension ListenError {
    init(_ error: any Error) {
        switch error {
        case let error as ListenError: self = error
        case let error as SystemError: self = .system(call: error.call, errno: error.code)
        default: self = .system(call: "\(error)", errno: 0)
        }
    }
}

extension ListenError: CustomStringConvertible {
    /// What failed, for people.
    public var description: String {
        switch self {
        case .mistakes(let mistakes): "\(mistakes)"
        case .hosts(let hosts):
            hosts.filter { $0.state == .down }.map { "\($0)" }.joined(separator: "\n")
        case .system(let call, let number): "\(SystemError(call, code: number))"
        case .stopped: "the server is stopping"
        }
    }
}
