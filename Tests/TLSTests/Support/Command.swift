import Glibc

/// A program run to its end.
struct Command {
    let status: CInt
    let output: String

    /// Runs a program of `PATH` with an empty standard input and collects all it prints.
    init(_ words: String...) throws {
        try self.init(words)
    }

    init(_ words: [String]) throws {
        self = try RunningCommand(words).finish()
    }

    fileprivate init(status: CInt, output: String) {
        self.status = status
        self.output = output
    }
}

/// A program that runs beside the test.
struct RunningCommand {
    private let process: pid_t
    private let pipe: CInt

    init(_ words: [String]) throws {
        var pipes: [CInt] = [-1, -1]
        guard unsafe Glibc.pipe(&pipes) == 0 else { throw SetupError("pipe") }
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
        pipe = pipes[0]
        self.process = process
        guard failure == 0 else {
            close(pipe)
            throw SetupError("cannot run \(words[0])")
        }
    }

    /// Waits for its end.
    func finish() -> Command {
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while case let count = unsafe read(pipe, &chunk, chunk.count), count > 0 {
            text += chunk[..<count]
        }
        close(pipe)
        var result: CInt = 0
        while unsafe waitpid(process, &result, 0) < 0, errno == EINTR {}
        return Command(
            status: result & 0x7f == 0 ? result >> 8 & 0xff : -1,
            output: String(decoding: text, as: UTF8.self))
    }
}

/// A test could not be set up.
struct SetupError: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}
