package import Glibc
internal import Platform

/// A program under test, with its output collected as it comes; killed with its last reference.
package final class ChildProcess: Sendable {
    /// How a program ended.
    package enum End: Hashable, Sendable {
        case exited(CInt)
        case killed(signal: CInt)
    }

    /// Its process id.
    package let id: pid_t
    private let input: Lock<CInt>
    private let texts: [Lock<[UInt8]>]
    private let readers: Lock<[Platform.Thread]>
    private let end = Lock<End?>(nil)

    /// Starts a program of `PATH`, with these variables added to the environment.
    ///
    /// - Parameters:
    ///   - words: the program and its arguments.
    ///   - environment: the variables.
    ///   - descriptors: what it gets as its descriptors from 3 on.
    /// - Throws: when it cannot be started.
    package init(
        _ words: [String], environment: [String: String] = [:], descriptors: [CInt] = []
    ) throws {
        let (stdin, stdout, stderr) = (try Pipe(), try Pipe(), try Pipe())
        id = try ChildProcess.spawn(
            words, environment: environment,
            [stdin.reader, stdout.writer, stderr.writer] + descriptors)
        for number in [stdin.reader, stdout.writer, stderr.writer] { close(number) }
        input = Lock(stdin.writer)
        let texts = [Lock<[UInt8]>([]), Lock<[UInt8]>([])]
        self.texts = texts
        let readers = try zip([stdout.reader, stderr.reader], texts).map { number, text in
            try Platform.Thread(name: "output") { ChildProcess.collect(number, text) }
        }
        self.readers = Lock(readers)
    }

    deinit {
        if end.withLock({ $0 }) == nil {
            kill(id, SIGKILL)
            _ = reap(options: 0)
        }
        closeInput()
        joinReaders()
    }

    /// What it has printed to standard output so far.
    package var output: String { texts[0].withLock { String(decoding: $0, as: UTF8.self) } }
    /// The same as bytes.
    package var outputBytes: [UInt8] { texts[0].withLock { $0 } }
    /// What it has printed to standard error so far.
    package var errors: String { texts[1].withLock { String(decoding: $0, as: UTF8.self) } }

    /// Sends a signal.
    package func send(_ signal: CInt) { kill(id, signal) }

    /// Whether it has not ended.
    package var isRunning: Bool { reap(options: WNOHANG) == nil }

    /// Writes to its standard input, and waits until all is taken.
    package func write(_ bytes: [UInt8]) throws {
        let number = input.withLock { $0 }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(number, $0.baseAddress, $0.count)
            }
            guard count > 0 else { throw TestFailure.last("write") }
            rest = rest.dropFirst(count)
        }
    }

    /// Ends its standard input.
    package func closeInput() {
        input.withLock { number in
            if number >= 0 { close(number) }
            number = -1
        }
    }

    /// Waits for its end, and for the last of its output.
    package func waitForEnd(within limit: Duration = patience) throws -> End {
        try waitUntil("the end of process \(id): \(output)\(errors)", within: limit) { !isRunning }
        joinReaders()
        return end.withLock { $0 } ?? .exited(-1)
    }

    /// Waits for the end of the output, once.
    private func joinReaders() {
        readers.withLock { readers in
            for reader in readers { reader.join() }
            readers = []
        }
    }

    private func reap(options: CInt) -> End? {
        end.withLock { end in
            if let end { return end }
            var status: CInt = 0
            guard unsafe waitpid(id, &status, options) == id else { return nil }
            end =
                status & 0x7f == 0
                ? .exited(status >> 8 & 0xff) : .killed(signal: status & 0x7f)
            return end
        }
    }

    private static func collect(_ number: CInt, _ text: Lock<[UInt8]>) {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe read(number, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            text.withLock { $0 += chunk[..<count] }
        }
        close(number)
    }

    /// Keeps the descriptors that the tests were started with to themselves: they would count against
    /// the limits of children.
    private static let inheritNothing: Void = {
        for number in CInt(3)..<1_024 { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
    }()

    private static func spawn(
        _ words: [String], environment: [String: String], _ streams: [CInt]
    ) throws -> pid_t {
        _ = inheritNothing
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        // Out of the way of the numbers they are to get.
        let copies = streams.map { fcntl($0, F_DUPFD_CLOEXEC, 200) }
        defer { for copy in copies { close(copy) } }
        for (target, number) in copies.enumerated() {
            unsafe posix_spawn_file_actions_adddup2(&actions, number, CInt(target))
        }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // The runner may ignore SIGPIPE, and the threads of tests block it: a child would inherit both.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        var variables = unsafe merged(environment).map { unsafe strdup($0) } + [nil]
        defer { unsafe (arguments + variables).forEach { unsafe free($0) } }
        var id: pid_t = 0
        let code = unsafe posix_spawnp(
            &id, words[0], &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw TestFailure("cannot run \(words[0]): error \(code)") }
        return id
    }

    private static func merged(_ changes: [String: String]) -> [String] {
        var lines = changes.map { "\($0.key)=\($0.value)" }
        var next = unsafe environ
        while let text = unsafe next.pointee {
            let line = unsafe String(cString: text)
            if changes[String(line.prefix { $0 != "=" })] == nil { lines.append(line) }
            unsafe next += 1
        }
        return lines
    }
}

/// A pipe whose ends no other child inherits: pipe2(2) is not in Swift's Glibc, socketpair(2) is.
private struct Pipe {
    let reader: CInt
    let writer: CInt

    init() throws {
        var ends: [CInt] = [-1, -1]
        let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw TestFailure.last("socketpair")
        }
        (reader, writer) = (ends[0], ends[1])
    }
}
