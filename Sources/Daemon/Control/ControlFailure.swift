internal import ArgumentParser
internal import Glibc
internal import NetworkTypes
internal import Platform
internal import TextFormats

/// Why a running daemon gave no answer, or one that is none.
struct ControlFailure: Error {
    /// A word for programs, as in docs/CONTROL.md.
    let code: String
    /// A sentence for people.
    let message: String
    /// What the command ends with.
    let status: ExitCode

    /// The word for somebody whom the daemon does not answer.
    static let forbidden = "forbidden"

    /// Whether a daemon runs and does not answer this user.
    var isRefusal: Bool { code == ControlFailure.forbidden }

    /// Nobody answers.
    static func unreachable(_ message: String) -> ControlFailure {
        ControlFailure(code: "unreachable", message: message, status: ExitStatus.unreachable)
    }

    /// A daemon runs that does not answer this user.
    static func refusal(at address: UnixAddress) -> ControlFailure {
        let owner = SocketFile(address)
        let others = owner.map { $0.owner == "root" ? "" : " and \($0.owner)" } ?? ""
        let file = owner.map { ": the socket is \($0.owner)'s, mode \($0.mode)" } ?? ""
        return ControlFailure(
            code: forbidden,
            message: "a daemon runs at \(address.name), but answers only root\(others), not "
                + "\(UnixUser.current)\(file); try sudo",
            status: ExitStatus.unreachable)
    }
}

extension ControlFailure {
    /// Words for a call that failed.
    init(_ error: SystemError, at address: UnixAddress, after limit: Duration?) {
        let path = address.name
        switch error.code {
        case EACCES, EPERM:
            if PortHolders.isListening(at: address) {
                self = .refusal(at: address)
            } else if let owner = SocketFile(address) {
                self = .unreachable(
                    "no daemon answers at \(path): \(UnixUser.current) may not connect to it, for "
                        + "the socket is \(owner.owner)'s, mode \(owner.mode), and none seems to "
                        + "listen there; is it running? (systemctl status icshostd)")
            } else {
                self = .unreachable(
                    "no daemon answers at \(path): \(UnixUser.current) may not enter its directory; "
                        + "try sudo")
            }
        case ETIMEDOUT:
            self = .unreachable(
                "the daemon at \(path) does not answer\(limit.map { " within \($0)" } ?? "")")
        default:
            self = .unreachable(
                "no daemon answers at \(path): \(error.reason); is it running?"
                    + " (systemctl status icshostd)")
        }
    }
}

/// Whose the file of a socket is, as far as it can be seen (lstat(2)).
private struct SocketFile {
    let owner: String
    /// In octal digits.
    let mode: String

    init?(_ address: UnixAddress) {
        guard let status = FileOwner(of: address.name) else { return nil }
        owner = UnixUser.name(of: status.user)
        mode = Int(status.mode).padded(to: 4, radix: 8)
    }
}
