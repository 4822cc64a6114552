import Glibc
import TestSupport
import Testing

/// `icshostd run` as a child process, as systemd would start it; killed with its last reference.
final class DaemonProcess {
    /// A listener that the daemon has told of.
    struct Listener: Hashable {
        let address: String
        let port: UInt16
        let isTLS: Bool
    }

    let directory: TemporaryDirectory
    let process: ChildProcess
    let notify: NotifySocket
    /// Where it takes commands, unless its file says otherwise.
    let controlPath: String

    /// Starts a daemon and waits for READY=1.
    ///
    /// - Parameters:
    ///   - configuration: the text of its file.
    ///   - directory: where the file, the state and the notify socket live.
    ///   - launcher: words before those of the daemon, which must end in its exec.
    ///   - environment: variables it gets besides those of systemd.
    ///   - passed: the sockets that systemd starts it with, in their order.
    ///   - storesDescriptors: whether systemd keeps the descriptors that it is given.
    /// - Throws: when it does not become ready in time, with what it said.
    convenience init(
        _ configuration: String, in directory: TemporaryDirectory? = nil,
        launcher: [String] = [], environment: [String: String] = [:],
        passed: [DescriptorStore.Entry] = [], storesDescriptors: Bool = true
    ) throws {
        try self.init(
            starting: configuration, in: directory, launcher: launcher, environment: environment,
            passed: passed, storesDescriptors: storesDescriptors)
        try wait("READY=1") { self.notify.datagrams.contains("READY=1") }
        try wait("listeners in the log") {
            self.log(" is open").count == self.listenerCount
        }
    }

    /// Starts a daemon that may not become ready.
    init(
        starting configuration: String, in directory: TemporaryDirectory? = nil,
        binary: String = Icshostd.path, launcher: [String] = [],
        environment: [String: String] = [:],
        passed: [DescriptorStore.Entry] = [], storesDescriptors: Bool = true
    ) throws {
        let directory = try directory ?? TemporaryDirectory()
        self.directory = directory
        let number = UInt32.random(in: 0...(.max))
        notify = try NotifySocket(
            path: directory("notify-\(number)"), storesDescriptors: storesDescriptors)
        let runtime = directory("run-\(number)")
        unsafe mkdir(runtime, 0o755)
        controlPath = "\(runtime)/control"
        let file = try directory.write(configuration, to: "icshostd.conf")
        var (variables, launcher) = (environment, launcher)
        if !passed.isEmpty {
            variables["LISTEN_FDS"] = "\(passed.count)"
            variables["LISTEN_FDNAMES"] = passed.map(\.name).joined(separator: ":")
            launcher = ["sh", "-c", "LISTEN_PID=$$ exec \"$@\"", "sh"] + launcher
        }
        variables = [
            "NOTIFY_SOCKET": notify.path, "STATE_DIRECTORY": directory("state"),
            "RUNTIME_DIRECTORY": runtime,
        ].merging(variables) { _, given in given }
        process = try ChildProcess(
            launcher + [binary, "run", "--config", file], environment: variables,
            descriptors: passed.map(\.descriptor))
    }

    deinit {
        // A sanitizer tells of an error when it happens; the exit status, only at a regular end.
        let findings = log.filter { $0.contains("Sanitizer: ") }
        if !findings.isEmpty { Issue.record("\(findings.joined(separator: "\n"))") }
    }

    /// Its lines on standard error so far.
    var log: [String] { process.errors.split(separator: "\n").map(String.init) }

    /// The lines that contain a text.
    func log(_ text: String) -> [String] { log.filter { $0.contains(text) } }

    /// Waits until something is true of it.
    func wait(
        _ what: String, within limit: Duration = patience, _ condition: () throws -> Bool
    ) throws {
        try waitUntil(
            "\(what)\nnotifications: \(notify.datagrams.suffix(5))\nstandard error:\n"
                + log.suffix(30).map { $0.prefix(200) }.joined(separator: "\n"), within: limit
        ) {
            if try condition() { return true }
            guard process.isRunning else {
                // What it said last may have come just now.
                _ = try process.waitForEnd()
                if try condition() { return true }
                throw TestFailure("the daemon ended before \(what):\n\(process.errors)")
            }
            return false
        }
    }

    /// Waits for a line with this text.
    func waitForLog(_ text: String, count: Int = 1, within limit: Duration = patience) throws {
        try wait("\(count) lines with \"\(text)\"", within: limit) { log(text).count >= count }
    }

    /// Waits for a status with this text.
    func waitForStatus(_ text: String, within limit: Duration = patience) throws {
        try wait("a status with \"\(text)\"", within: limit) {
            notify.status?.contains(text) == true
        }
    }

    /// Changes its file.
    func write(_ configuration: String) throws {
        try directory.write(configuration, to: "icshostd.conf")
    }

    /// Changes its file, and waits until the change is in force.
    func reload(_ configuration: String) throws {
        let count = log("notice: reloaded: ").count
        try write(configuration)
        process.send(SIGHUP)
        try waitForLog("notice: reloaded: ", count: count + 1)
    }

    /// Asks it to stop and waits for its end.
    func stop(with signal: CInt = SIGTERM, within limit: Duration = patience) throws
        -> ChildProcess.End
    {
        process.send(signal)
        return try process.waitForEnd(within: limit)
    }

    /// What it listens on, in the order of the file.
    var listeners: [Listener] {
        log.compactMap { line in
            guard let start = line.firstRange(of: "listener ")?.upperBound,
                line.hasSuffix(" is open")
            else { return nil }
            let words = line[start...].split(separator: " ")
            guard let colon = words[0].lastIndex(of: ":"),
                let port = UInt16(words[0][words[0].index(after: colon)...])
            else { return nil }
            let address = words[0][..<colon].trimming { "[]".contains($0) }
            return Listener(address: address, port: port, isTLS: words[1] == "ssl")
        }
    }

    /// The ports that its status names, for a daemon whose log is elsewhere.
    func statusPorts() throws -> [UInt16] {
        try waitForStatus(", auto: ")
        // What else there is to say follows a semicolon.
        let status = notify.status?.prefix { $0 != ";" }
        let words = status?.split(separator: " ").drop { $0 != "auto:" }.dropFirst() ?? []
        return words.compactMap { $0.split(separator: ":").last.flatMap { UInt16($0) } }
    }

    private var listenerCount: Int {
        let words = notify.status?.split(separator: " ") ?? []
        return words.firstIndex { $0.hasPrefix("listener") }.flatMap { Int(words[$0 - 1]) } ?? -1
    }

    /// The port of its first plain listener, or of another one.
    func plainPort(_ number: Int = 0) throws -> UInt16 { try listener(isTLS: false, number).port }

    /// The port of its first SSL listener, or of another one.
    func tlsPort(_ number: Int = 0) throws -> UInt16 { try listener(isTLS: true, number).port }

    private func listener(isTLS: Bool, _ number: Int) throws -> Listener {
        let all = listeners.filter { $0.isTLS == isTLS }
        guard number < all.count else { throw TestFailure("no such listener: \(listeners)") }
        return all[number]
    }

    /// A new client of its first plain listener.
    func plainClient() throws -> PlainClient {
        try PlainClient(to: "127.0.0.1", port: plainPort())
    }

    /// A new client of its first SSL listener.
    func tlsClient(name: String? = nil, version: TLSClient.Version? = nil) throws -> TLSClient {
        try TLSClient(to: "127.0.0.1", port: tlsPort(), name: name, version: version)
    }

    /// How many descriptors it has open.
    var descriptorCount: Int {
        get throws {
            guard let list = unsafe opendir("/proc/\(process.id)/fd") else {
                throw TestFailure.last("opendir")
            }
            defer { unsafe closedir(list) }
            var count = -2
            while unsafe readdir(list) != nil { count += 1 }
            return count
        }
    }

    /// The memory in KiB that is its own, in the machine or swapped out.
    ///
    /// The pages of its binary are not: the kernel takes and brings those as it likes.
    var memory: Int {
        get throws {
            let status = try Command.succeed(["cat", "/proc/\(process.id)/status"])
            return try ["RssAnon:", "VmSwap:"].reduce(0) { sum, name in
                let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
                let number = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
                guard let number else { throw TestFailure("no \(name) in \(status)") }
                return sum + number
            }
        }
    }

    /// Whether it has child processes.
    var hasChildren: Bool {
        get throws {
            // A thread may end between the shell's list and its turn, which cat would tell as an error.
            let lists = "for list in /proc/\(process.id)/task/*/children; do cat $list; done; true"
            return try !Command.succeed(["sh", "-c", lists]).allSatisfy(\.isWhitespace)
        }
    }
}

extension Substring {
    /// The text without such characters at both ends.
    fileprivate func trimming(_ isUnwanted: (Character) -> Bool) -> String {
        String(drop(while: isUnwanted).reversed().drop(while: isUnwanted).reversed())
    }
}
