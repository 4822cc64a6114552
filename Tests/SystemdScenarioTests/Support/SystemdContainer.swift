import Glibc
import Platform
import TestSupport

/// A throw-away container with a real systemd as its first process; it ends with the last reference.
final class SystemdContainer: Sendable {
    /// The root of this repository, which is at the same place inside.
    static let repository =
        "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")

    /// Why there can be none here, nil when there can.
    static let obstacle: String? = {
        guard geteuid() == 0 else { return "a real systemd needs root" }
        guard !Sanitizer.isOn else { return "the locked down unit has no room for a sanitizer" }
        for tool in ["/lib/systemd/systemd", "/usr/bin/dbus-daemon", "/usr/bin/nsenter"]
        where unsafe access(tool, X_OK) != 0 {
            return "a real systemd needs \(tool)"
        }
        let trial = try? Command(["unshare", "--mount", "--pid", "--net", "--cgroup", "true"])
        return trial?.end == .exited(0) ? nil : "a real systemd needs the right to make namespaces"
    }()

    /// The process id of its systemd.
    private let first: String
    private let process: ChildProcess
    private let network: CInt

    /// Boots it, with these directories visible inside where they are outside.
    ///
    /// - Throws: with what it said, when it does not come up.
    init(sharing directories: [String] = []) throws {
        let process = try ChildProcess(
            ["\(SystemdContainer.repository)/Tests/Support/boot-systemd"] + directories)
        self.process = process
        try waitUntil("a systemd: \(process.errors)", within: .seconds(90)) {
            guard process.isRunning else { throw TestFailure("no systemd: \(process.errors)") }
            return process.output.contains("\n")
        }
        first = String(process.output.dropLast())
        network = unsafe open("/proc/\(first)/ns/net", O_RDONLY | O_CLOEXEC)
        guard network >= 0 else { throw TestFailure.last("open the network namespace") }
    }

    deinit {
        close(network)
        process.closeInput()
        _ = try? process.waitForEnd()
    }

    /// Runs a program inside as root, to its end.
    func run(_ words: [String], input: String = "") throws -> Command {
        try Command(
            ["nsenter", "--target", first, "--all", "--"] + words, input: Array(input.utf8))
    }

    /// Runs a program inside that has to succeed.
    ///
    /// - Returns: what it printed to standard output.
    @discardableResult
    func succeed(_ words: String..., input: String = "") throws -> String {
        let command = try run(words, input: input)
        guard command.end == .exited(0) else {
            throw TestFailure("\(words): \(command.end)\n\(command.output)\(command.errors)")
        }
        return command.output
    }

    /// Writes a file inside.
    func write(_ text: String, to path: String) throws {
        let script = #"mkdir -p "${1%/*}" && cat >"$1""#
        try succeed("sh", "-c", script, "sh", path, input: text)
    }

    /// Connects to a port of 127.0.0.1 inside.
    func connect(to port: UInt16) throws -> PlainClient {
        try inNetwork { try PlainClient(to: "127.0.0.1", port: port) }
    }

    /// Runs `body` on a thread whose new sockets belong to the container's network; they stay good
    /// for everybody.
    func inNetwork<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) throws -> Value {
        let result = Lock<Result<Value, any Error>?>(nil)
        let network = network
        let thread = try Platform.Thread(name: "inside") {
            let outcome = Result {
                guard SystemdContainer.setns(network, 0) == 0 else {
                    throw TestFailure.last("setns")
                }
                return try body()
            }
            result.withLock { $0 = outcome }
        }
        thread.join()
        guard let outcome = result.withLock({ $0 }) else { throw TestFailure("no outcome") }
        return try outcome.get()
    }

    /// setns(2), which Swift's Glibc does not show.
    private static let setns: @Sendable (CInt, CInt) -> CInt = {
        typealias Function = @convention(c) (CInt, CInt) -> CInt
        guard let symbol = unsafe dlsym(nil, "setns") else { return { _, _ in -1 } }
        let function = unsafe unsafeBitCast(symbol, to: Function.self)
        return { function($0, $1) }
    }()
}
