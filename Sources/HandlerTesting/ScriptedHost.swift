public import HandlerAPI

/// A host without a server, for tests of a ``LastingHandler``.
///
/// ```swift
/// let host = ScriptedHost()
/// host.answer("db.example:5432", with: [.end])
/// try await handler.start(host)
/// await host.runBackground(pauses: 3)
/// #expect(host.tried.count == 3)
/// ```
///
/// Without a server, what the handler does in the background runs when the test calls ``runBackground(pauses:)``, and
/// each pause ends at once. The host of a ``ScriptedServer`` runs it at once, and a pause ends when
/// the test lets the time pass.
public final class ScriptedHost: HostContext, @unchecked Sendable {
    // Sendable because one thread uses it.
    private let tag: String
    private let loop: VirtualLoop?
    private var tasks: [Task<Void, Never>] = []
    private var targets: [String: [ScriptStep]] = [:]
    private var work: [@Sendable () async -> Void] = []
    private var pausesLeft = 0
    private var end: (() -> Void)?
    /// What the handler has logged, in order.
    public private(set) var records: [(level: LogLevel, message: String)] = []
    /// The targets that the handler has tried, in order, reached or not.
    public private(set) var tried: [String] = []
    /// The peers that took its connections, in order.
    public private(set) var peers: [ScriptedClient] = []
    /// How long the handler has paused, each time.
    public private(set) var pauses: [Duration] = []

    /// A host that serves nobody yet.
    public convenience init(hostTag: String = "Host1") { self.init(hostTag: hostTag, on: nil) }

    init(hostTag: String, on loop: VirtualLoop?) {
        tag = hostTag
        self.loop = loop
    }

    /// Lets the handler dial a target, by its description such as `www.example:80`; nil makes it
    /// unreachable again, as all others are.
    public func answer(_ target: String, with script: [ScriptStep]?) { targets[target] = script }

    /// Runs what the handler does in the background, one piece of work after the other, each until it ends
    /// or has paused so many times: then its task is cancelled, as at the end of the host.
    public func runBackground(pauses: Int) async {
        let all = work
        work = []
        for work in all {
            pausesLeft = pauses
            let task = Task { await work() }
            end = { task.cancel() }
            await task.value
        }
        end = nil
    }

    override public var hostTag: String { tag }

    override public func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
        records.append((level, message()))
    }

    override public func inBackground(_ work: @escaping @Sendable () async -> Void) {
        guard let loop else { return self.work.append(work) }
        tasks.append(loop.start(work))
    }

    /// Cancels the work in the background.
    func cancel() {
        for task in tasks { task.cancel() }
        tasks = []
    }

    override public func connect(to target: DialTarget) async throws -> DialedPeer {
        tried.append("\(target)")
        guard let script = targets["\(target)"] else {
            throw DialError.unreachable(reason: "Connection refused")
        }
        let peer = ScriptedConnection(script, on: loop)
        peer.send(target.preface.span)
        peers.append(ScriptedClient(peer))
        return DialedPeer(peer)
    }

    override public func pause(for duration: Duration) async throws {
        pauses.append(duration)
        if let loop {
            let pause = WaitingTask()
            loop.at(loop.now + duration) { pause.wake() }
            await pause.wait()
            if Task.isCancelled { throw ClientError.cancelled }
            return
        }
        pausesLeft -= 1
        guard pausesLeft <= 0 else { return }
        end?()
        throw ClientError.cancelled
    }
}
