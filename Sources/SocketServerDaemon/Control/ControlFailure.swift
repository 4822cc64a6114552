internal import ArgumentParser
internal import Glibc
internal import NetworkTypes
internal import Platform
internal import TextFormats

/// Why a daemon did not answer a request.
struct ControlFailure: Error {
    /// The error code of docs/CONTROL.md.
    let code: String
    /// The message for the operator.
    let message: String
    /// The exit status of the command.
    let status: ExitCode

    /// The error code of a user whom the daemon refuses.
    static let forbidden = "forbidden"

    /// Whether a daemon runs, but refuses this user.
    var isRefusal: Bool { code == ControlFailure.forbidden }

    /// No daemon answers.
    static func unreachable(_ message: String) -> ControlFailure {
        ControlFailure(code: "unreachable", message: message, status: ExitStatus.unreachable)
    }

    /// A daemon runs, but refuses this user.
    static func refusal(at address: UnixAddress) -> ControlFailure {
        let owner = SocketFile(address)
        let others = owner.map { $0.owner == "root" ? "" : " and \($0.owner)" } ?? ""
        let file = owner.map { ": the socket belongs to \($0.owner), mode \($0.mode)" } ?? ""
        return ControlFailure(
            code: forbidden,
            message: "a daemon runs at \(address.name), but answers only root\(others), not "
                + "\(UnixUser.current)\(file); try sudo",
            status: ExitStatus.unreachable)
    }
}

extension ControlFailure {
    /// Describes a system call that failed.
    init(_ error: SystemError, at address: UnixAddress, after limit: Duration?) {
        let path = address.name
        switch error.code {
        case EACCES, EPERM:
            if PortHolders.isListening(at: address) {
                self = .refusal(at: address)
            } else if let owner = SocketFile(address) {
                self = .unreachable(
                    "no daemon answers at \(path): \(UnixUser.current) may not connect to it: "
                        + "the socket belongs to \(owner.owner), mode \(owner.mode), and no process seems "
                        + "to listen there; is it running? (systemctl status \(ProgramIdentity.command))"
                )
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
                    + " (systemctl status \(ProgramIdentity.command))")
        }
    }
}

/// The owner of a socket file, where it is visible (lstat(2)).
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
