internal import CLinux
internal import Glibc

/// A program that runs in a process group of its own, with what it starts there.
///
/// Its creator waits for its exit and reaps it: calls ``leaderEnd()`` until that returns its status.
package struct ProcessGroup: ~Copyable {
    /// The number of the group and of its leader.
    package let id: Int32
    private let leader: FileDescriptor
    private let errors: FileDescriptor

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
    ///   - conversation: becomes its standard input and output; should block.
    /// - Throws: what kept it from starting, that the file cannot be executed included.
    package init(
        _ path: String, arguments: [String], environment: [String], conversation: CInt
    ) throws(SystemError) {
        var ends: [CInt] = [-1, -1]
        guard unsafe clinux_pipe(&ends) == 0 else { throw .last("pipe2") }
        let ours = FileDescriptor(adopting: ends[0])
        let theirs = FileDescriptor(adopting: ends[1])
        guard clinux_set_blocking(theirs.number, 1) == 0 else { throw .last("fcntl") }
        var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
        var variables = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer { unsafe (words + variables).forEach { unsafe free($0) } }
        var id: pid_t = 0
        let code = unsafe clinux_spawn(
            &id, path, &words, &variables, conversation, conversation, theirs.number)
        guard code == 0 else { throw SystemError("posix_spawn", code: code) }
        let number = clinux_open_process(id)
        guard number >= 0 else {
            let error = SystemError.last("pidfd_open")
            _ = Glibc.kill(-id, SIGKILL)
            clinux_reap(id)
            throw error
        }
        self.id = id
        leader = FileDescriptor(adopting: number)
        errors = ours
    }

    /// The descriptor that is readable once the leader has ended.
    package var leaderNumber: CInt { leader.number }

    /// The descriptor that its standard error can be read from; it never blocks.
    package var errorsNumber: CInt { errors.number }

    /// Reads what it has written to standard error (read(2)).
    ///
    /// - Returns: false when nothing more will come.
    package func readErrors(into output: inout OutputSpan<UInt8>) -> Bool {
        let number = errors.number
        let count = unsafe output.withUnsafeMutableBufferPointer { buffer, filled in
            let start = unsafe buffer.baseAddress.map { unsafe $0 + filled }
            let count = unsafe read(number, start, buffer.count - filled)
            filled += max(0, count)
            return count
        }
        return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
    }

    /// Sends SIGTERM to the whole group; ignores processes that are gone.
    package func send(_ ending: Ending) {
        _ = Glibc.kill(-id, ending == .polite ? SIGTERM : SIGKILL)
    }

    /// Checks whether the leader has exited; returns its status once.
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
    package var hasMembers: Bool {
        // Orphans are the children of process 1; where that is this process, it has to reap them.
        while waitpid(-id, nil, WNOHANG) > 0 {}
        return Glibc.kill(-id, 0) == 0 || errno == EPERM
    }

    /// Ends a program at once that nobody will wait for.
    package func kill() {
        send(.forced)
        clinux_reap(id)
    }
}
