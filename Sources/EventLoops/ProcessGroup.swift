internal import CLinux
internal import Glibc

/// A program that runs in a process group of its own, with what it starts there.
///
/// Whoever starts it waits for its end and reaps it: ``leaderEnd()`` until that says how it ended.
package struct ProcessGroup: ~Copyable {
    /// The number of the group and of its leader.
    package let id: Int32
    private let leader: FileDescriptor

    /// How a program ended.
    package enum End: Hashable, Sendable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    /// A request to end.
    package enum Ending: Sendable {
        /// SIGTERM, which a program may ignore.
        case polite
        /// SIGKILL.
        case forced
    }

    /// Starts a program (posix_spawn(3)); nothing of ours runs between fork and exec.
    ///
    /// - Parameters:
    ///   - path: the program.
    ///   - arguments: with its name first.
    ///   - environment: `NAME=value` each; nothing is added.
    ///   - conversation: becomes its standard input and output.
    ///   - errors: becomes its standard error.
    /// - Throws: what kept it from starting, that the file cannot be executed included.
    package init(
        _ path: String, arguments: [String], environment: [String], conversation: CInt, errors: CInt
    ) throws(SystemError) {
        var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
        var variables = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer { unsafe (words + variables).forEach { unsafe free($0) } }
        var id: pid_t = 0
        let code = unsafe clinux_spawn(
            &id, path, &words, &variables, conversation, conversation, errors)
        guard code == 0 else { throw SystemError("posix_spawn", code: code) }
        self.id = id
        do {
            leader = try FileDescriptor(clinux_open_process(id), from: "pidfd_open")
        } catch {
            kill(-id, SIGKILL)
            clinux_reap(id)
            throw error
        }
    }

    /// The descriptor that is readable once the leader has ended.
    package var number: CInt { leader.number }

    /// Asks all of the group to end; whoever has gone does not matter.
    package func send(_ ending: Ending) {
        kill(-id, ending == .polite ? SIGTERM : SIGKILL)
    }

    /// Looks whether the leader has ended, and how; that is said once.
    ///
    /// What it left in the group is asked to end before the leader is reaped, for until then nobody
    /// else can have the group's number.
    package func leaderEnd() -> End? {
        var (status, killed): (CInt, CInt) = (0, 0)
        guard unsafe clinux_has_ended(id, &status, &killed) != 0 else { return nil }
        send(.polite)
        clinux_reap(id)
        return killed != 0 ? .killed(signal: status) : .exited(status)
    }

    /// Whether anybody is left in the group, once its leader was reaped: while somebody is, nobody
    /// else gets its number.
    package var hasMembers: Bool { kill(-id, 0) == 0 || errno == EPERM }
}
