internal import Configuration
internal import HandlerAPI
internal import Platform
internal import Serving

/// Serves the clients of hosts on threads of its own, until it is drained or aborted.
///
/// In ICS: TWSocketServer. A server in three lines:
///
/// ```swift
/// let server = SocketServer(listen: "127.0.0.1:7000") { client in
///     while try await client.read({ client.send($0) }) { try await client.flush() }
/// }
/// try await server.run()
/// ```
///
/// Any number of servers run in one process; they share only the numbers of clients and listeners. All members may be
/// used from any thread or task. A server runs until ``drain(within:)`` or ``abort()``, even if nothing refers to it.
public final class SocketServer: Sendable {
    private let place: CodePlace
    let content: Lock<Content>
    /// Where the loops post the events.
    let feed = EventFeed()

    /// What changes.
    struct Content {
        var state = State.idle
        /// The settings for all hosts that were taken over last.
        var options: Options
        /// The hosts that were taken over last.
        var planned: PlannedHosts
        /// Whether they are not served yet.
        var isNew = true
        /// The engine, from the first ``SocketServer/listen()`` to the end.
        var control: ServerControl?
        var lastError: String?
        /// Called after each change of the state.
        var observers: [@Sendable (State) -> Void] = []
    }

    /// Creates a server, which does nothing before ``listen()`` or ``run()``.
    ///
    /// - Parameters:
    ///   - hosts: the hosts to serve.
    ///   - options: the settings for all of them.
    ///   - file: where mistakes of the options are reported.
    ///   - line: likewise.
    ///   - column: likewise.
    public convenience init(
        _ hosts: [IcsHost], options: Options = Options(),
        file: String = #fileID, line: Int = #line, column: Int = #column
    ) {
        let place = CodePlace(file: file, line: line, column: column)
        self.init(PlannedHosts(hosts, options, at: place), options, place)
    }

    init(_ planned: PlannedHosts, _ options: Options, _ place: CodePlace) {
        self.place = place
        content = Lock(Content(options: options, planned: planned))
    }

    /// The state; in ICS: `State`.
    public var state: State { content.withLock { $0.state } }

    /// The settings for all hosts.
    public var options: Options { content.withLock { $0.options } }

    /// The last failure of ``listen()`` or ``apply(_:options:)``, in words; nil for none.
    ///
    /// In ICS: `LastError`.
    public var lastError: String? { content.withLock { $0.lastError } }

    /// The warnings about the hosts that were taken over last, each with its place.
    public var warnings: [ConfigurationMistakes.Diagnostic] {
        ConfigurationMistakes(content.withLock { $0.planned.diagnostics }).diagnostics
            .filter { $0.severity == .warning }
    }

    /// The counters; in ICS: `ClientCount`.
    ///
    /// All are 0 before the server listens, and after its end.
    public var numbers: Numbers {
        let status = control?.server.status ?? ServerStatus()
        return Numbers(
            clients: status.clients, accepted: status.accepted, refused: status.refused,
            handshakesFailed: status.handshakesFailed)
    }

    /// The hosts in their order; empty before the server listens, and after its end.
    ///
    /// In ICS: `IcsHosts`.
    public var hosts: [HostReport] { control?.server.opened.reports() ?? [] }

    /// The open listeners with their real ports, in the order of the hosts.
    ///
    /// In ICS: `MultiListenSockets`.
    public var listeners: [Listener] { control?.listeners ?? [] }

    /// The engine; nil before the server listens, and after its end.
    var control: ServerControl? { content.withLock { $0.control } }

    /// Opens the listeners and starts the hosts; in ICS: `Listen`.
    ///
    /// Clients are accepted when it returns.
    ///
    /// Also after ``close()``, whose clients are still served, and after the end. On a server that listens it has no
    /// effect. A host that cannot start is down, and is retried; it throws when none can, or one with
    /// ``Options/onHostError`` `fail`. Cancellation has no effect.
    ///
    /// - Returns: the open listeners with their real ports.
    /// - Throws: what failed; then nothing is left open.
    @discardableResult
    public func listen() async throws(ListenError) -> [Listener] {
        guard state != .listening else { return listeners }
        do throws(ListenError) {
            let control = try engine()
            let next = content.withLock { $0.isNew ? $0.planned : nil }
            do throws(ListenError) {
                try await control.serve(next)
            } catch {
                if control.server.opened.states.isEmpty { await stop(control) }
                throw error
            }
            change(to: .listening, after: [.idle, .closed, .ended]) { $0.isNew = false }
            return control.listeners
        } catch {
            note(error)
            throw error
        }
    }

    /// The engine, created where there is none.
    private func engine() throws(ListenError) -> ServerControl {
        try content.withLock { content throws(ListenError) in
            guard content.state != .draining else { throw .stopped }
            guard !content.planned.diagnostics.hasErrors else {
                throw .mistakes(ConfigurationMistakes(content.planned.diagnostics))
            }
            if let control = content.control { return control }
            do {
                let control = try ServerControl(
                    content.planned, on: content.options.loops.group,
                    admits: content.options.admits, feed: feed)
                content.control = control
                content.isNew = true
                return control
            } catch {
                throw ListenError(error)
            }
        }
    }

    /// Takes over other hosts, as a reload of a file does.
    ///
    /// A host with the same identity (``IcsHost/tag``) and settings is not touched, nor are its clients. The clients of a
    /// host that is changed or removed are asked to finish, and disconnected after its `DrainTimeout`; new ones get the
    /// new host. A changed host that cannot start keeps its previous settings. Listeners that stay are not closed. On a
    /// server that does not listen, the hosts are for the next ``listen()``.
    ///
    /// Other settings for all hosts take effect for new clients, but for ``Options/loops`` and ``Options/admits``, which
    /// stay those of the first ``listen()``.
    ///
    /// - Parameters:
    ///   - hosts: all hosts.
    ///   - options: the settings for all of them; nil for those that are in force.
    /// - Returns: the state of each host.
    /// - Throws: why nothing has changed: mistakes, no host that could start, or a failing one with
    ///   ``Options/onHostError`` `fail`.
    @discardableResult
    public func apply(
        _ hosts: [IcsHost], options: Options? = nil
    ) async throws(ListenError) -> [HostReport] {
        let options = options ?? self.options
        return try await apply(PlannedHosts(hosts, options, at: place), options)
    }

    func apply(
        _ planned: PlannedHosts, _ options: Options
    ) async throws(ListenError) -> [HostReport] {
        do throws(ListenError) {
            guard !planned.diagnostics.hasErrors else {
                throw .mistakes(ConfigurationMistakes(planned.diagnostics))
            }
            let control = content.withLock { content -> ServerControl? in
                if content.state == .listening { return content.control }
                (content.planned, content.options, content.isNew) = (planned, options, true)
                return nil
            }
            guard let control else { return self.hosts }
            try await control.serve(planned)
            content.withLock { ($0.planned, $0.options) = (planned, options) }
            return control.server.opened.reports()
        } catch {
            note(error)
            throw error
        }
    }

    /// Closes the listeners: new clients are refused, connected ones stay.
    ///
    /// In ICS: `Close`.
    ///
    /// Returns at once; the sockets are closed when every loop has stopped accepting.
    public func close() {
        guard change(to: .closed, after: [.listening]) else { return }
        control?.close()
    }

    /// Refuses new clients, lets the connected ones finish, disconnects those that have not, and stops all threads.
    ///
    /// Handlers see `isDraining`; a wait of a client that is disconnected throws `ClientError.cancelled`. Handlers get
    /// 2 s more to return. Cancellation has no effect.
    ///
    /// - Parameter time: how long the clients have; nil for the `DrainTimeout` of their hosts.
    /// - Returns: how it went, when all is over.
    @discardableResult
    public func drain(within time: Duration? = nil) async -> DrainReport {
        guard let control = beginStop() else { return DrainReport() }
        return await stop(control, within: time)
    }

    /// Disconnects all clients at once, and stops all threads.
    ///
    /// In ICS: `Abort`.
    ///
    /// Returns at once; the state is ``State/ended`` when all is over, which ``drain(within:)`` waits for.
    public func abort() {
        guard let control = beginStop() else { return }
        control.abort { _ in self.hasEnded(control) }
    }

    private func beginStop() -> ServerControl? {
        change(to: .draining, after: [.idle, .listening, .closed]) { content in
            if content.control == nil { content.state = .idle }
        }
        return control
    }

    @discardableResult
    private func stop(
        _ control: ServerControl, within time: Duration? = nil
    ) async -> DrainReport {
        await withCheckedContinuation { waiting in
            control.drain(within: time) { report in
                self.hasEnded(control)
                waiting.resume(returning: report)
            }
        }
    }

    private func hasEnded(_ control: ServerControl) {
        change(to: .ended, after: [.draining]) { _ in }
        content.withLock { if $0.control === control { $0.control = nil } }
    }

    private func note(_ error: ListenError) { content.withLock { $0.lastError = "\(error)" } }

    /// Notes an error and throws it.
    func refuse(_ error: ListenError) throws(ListenError) -> Never {
        note(error)
        throw error
    }

    /// Calls a closure after each change of the state, on any thread.
    func observe(_ observer: @escaping @Sendable (State) -> Void) {
        content.withLock { $0.observers.append(observer) }
    }

    /// Changes the state, if it is one of some.
    ///
    /// - Parameters:
    ///   - state: the new one.
    ///   - others: those that it may follow.
    ///   - body: changes the rest, in the same step.
    /// - Returns: whether it was one of them.
    @discardableResult
    private func change(
        to state: State, after others: Set<State>, _ body: (inout Content) -> Void = { _ in }
    ) -> Bool {
        let observers = content.withLock { content -> [@Sendable (State) -> Void]? in
            guard others.contains(content.state) else { return nil }
            content.state = state
            body(&content)
            return content.state == state ? content.observers : nil
        }
        for observer in observers ?? [] { observer(state) }
        if observers != nil { feed.post(.stateChanged(state)) }
        return observers != nil
    }
}
