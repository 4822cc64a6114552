import Glibc

/// A program run to its end.
struct Command {
    let status: CInt
    let output: String

    /// Runs a program of `PATH` with an empty standard input and collects all it prints.
    init(_ words: String...) throws {
        var pipes: [CInt] = [-1, -1]
        guard unsafe pipe(&pipes) == 0 else { throw SetupError("pipe2") }
        defer { close(pipes[0]) }
        for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, pipes[1], 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, pipes[1], 2)
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        var process: pid_t = 0
        let failure = unsafe posix_spawnp(&process, words[0], &actions, nil, &arguments, environ)
        close(pipes[1])
        unsafe posix_spawn_file_actions_destroy(&actions)
        unsafe arguments.forEach { unsafe free($0) }
        guard failure == 0 else { throw SetupError("cannot run \(words[0])") }

        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while case let count = unsafe read(pipes[0], &chunk, chunk.count), count > 0 {
            text += chunk[..<count]
        }
        var result: CInt = 0
        while unsafe waitpid(process, &result, 0) < 0, errno == EINTR {}
        status = result & 0x7f == 0 ? result >> 8 & 0xff : -1
        output = String(decoding: text, as: UTF8.self)
    }
}

/// A test could not be set up.
struct SetupError: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}
