import Configuration
import EventLoops
import HandlerAPI
import Platform
import Systemd
import TestSupport

@testable import Serving
@testable import SocketServerDaemon

/// A server with its reloader on a loop of its own: the daemon without signals and control socket.
final class ReloadingServer {
    let server: Server
    let reloader: Reloader
    let loop: EventLoop
    private let certificates: CertificateKeeper
    private let journal: EventJournal
    private let thread: Thread
    private let directory: TemporaryDirectory

    /// Does nothing yet; handlers may take the start time to start.
    init(_ text: String, startTime: Duration = .seconds(5)) throws {
        directory = try TemporaryDirectory()
        let registry = HandlerRegistry([ActingHandler.self, PromptHandler.self])
        try directory.write(ReloadingServer.file(text, in: directory), to: "icshostd.conf")
        let planned = try PlannedConfiguration(
            path: directory("icshostd.conf"), registry: registry)
        journal = try EventJournal(level: .error)
        server = try Server(
            options: ServerOptions(planned.server), level: .error, bell: journal.bell,
            handlerStartTime: startTime)
        try server.start()
        certificates = try CertificateKeeper(access: server.access) { _ in }
        loop = try EventLoop()
        reloader = Reloader(
            on: loop, server: server, certificates: certificates, journal: journal,
            notifier: try Notifier(), inherited: InheritedListeners(), planned)
        try certificates.start([], found: []) { [reloader, loop] changes in
            loop.perform { reloader.certificatesChanged(changes) }
        }
        thread = try Thread(name: "supervisor") { [loop] in loop.run() }
    }

    deinit {
        stop()
        certificates.stop()
        let hasEnded = Lock(false)
        server.drain { hasEnded.withLock { $0 = true } }
        server.cut()
        try? waitUntil("the clients have gone") { hasEnded.withLock { $0 } }
        server.stop()
        loop.stop()
        thread.join()
        journal.finish(within: .seconds(2))
    }

    private static func file(_ text: String, in directory: TemporaryDirectory) -> String {
        "[Server]\nWorkers=2\nStateDirectory=\(directory.path)\n\(text)"
    }

    /// Starts, and waits for the outcome.
    func start() throws -> ReloadOutcome { try outcome { $0.start($1) } }

    /// Writes the file anew, reloads it, and waits for the outcome.
    func reload(_ text: String) throws -> ReloadOutcome {
        try write(text)
        return try outcome { $0.reload($1) }
    }

    func write(_ text: String) throws {
        try directory.write(
            ReloadingServer.file(text, in: directory), to: "icshostd.conf")
    }

    /// What a reload would change.
    func preview() throws -> ReloadOutcome { try outcome { $0.preview($1) } }

    /// Stops the reloader, and waits until its job has given up.
    func stop() {
        let isIdle = Lock(false)
        loop.perform { [reloader] in reloader.stop { isIdle.withLock { $0 = true } } }
        try? waitUntil("the job has given up") { isIdle.withLock { $0 } }
    }

    /// Calls the reloader on its loop, and waits for the outcome that it reports.
    func outcome(
        _ call: @escaping @Sendable (Reloader, @escaping Reloader.Completion) -> Void
    ) throws -> ReloadOutcome {
        let outcome = request(call)
        try waitUntil("an outcome") { outcome.withLock { $0 != nil } }
        return outcome.withLock { $0 } ?? ReloadOutcome(isGood: false)
    }

    /// Calls the reloader on its loop; the outcome comes later.
    func request(
        _ call: @escaping @Sendable (Reloader, @escaping Reloader.Completion) -> Void
    ) -> Received {
        let outcome = Received(nil)
        loop.perform { [reloader] in
            call(reloader) { new in outcome.withLock { $0 = new } }
        }
        return outcome
    }

    typealias Received = Lock<ReloadOutcome?>

    /// The line for systemd as it is now.
    func statusLine() throws -> String {
        let line = Lock<String?>(nil)
        loop.perform { [reloader, server] in
            let text = reloader.statusLine.text(
                server.status, CertificateSummary(), degraded: server.degradedHosts)
            line.withLock { $0 = text }
        }
        try waitUntil("the loop") { line.withLock { $0 != nil } }
        return line.withLock { $0 } ?? ""
    }

    /// What the host of a port sends to a new client.
    func greeting(on port: ReservedPort) throws -> String {
        let client = try PlainClient(to: "127.0.0.1", port: port.number)
        return String(decoding: try client.receiveAll(), as: UTF8.self)
    }

    /// The sections of the hosts that are up.
    var up: [String] { server.opened.states.compactMap { $0.host?.section } }
}
