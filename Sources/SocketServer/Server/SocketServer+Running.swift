public import HandlerAPI
internal import Platform

extension SocketServer {
    /// Creates a server of one handler on plain addresses.
    ///
    /// - Parameters:
    ///   - addresses: `127.0.0.1:7000`, `[::1]:7000`, `*:7000` for all addresses of both families, `unix:/path`; port 0 is a
    ///     free one, and a port may be the name of a service. As in a file, `[::]` is every address of IPv6 only.
    ///   - options: the settings.
    ///   - file: where mistakes are reported.
    ///   - line: likewise.
    ///   - column: likewise.
    ///   - serve: serves each client; the connection is closed when it returns, and reset when it throws.
    public convenience init(
        listen addresses: String..., options: Options = Options(),
        file: String = #fileID, line: Int = #line, column: Int = #column,
        serve: @escaping @Sendable @concurrent (Client) async throws -> Void
    ) {
        self.init(addresses, .serve(serve), options, file, line, column)
    }

    /// Creates a server of one handler on plain addresses, which decides what happens to each connection.
    ///
    /// - Parameters:
    ///   - addresses: as for a closure without a result.
    ///   - options: the settings.
    ///   - file: where mistakes are reported.
    ///   - line: likewise.
    ///   - column: likewise.
    ///   - serve: serves each client; it returns what happens to the connection, such as `.rest`.
    @inlinable public convenience init<Failure: Error>(
        listen addresses: String..., options: Options = Options(),
        file: String = #fileID, line: Int = #line, column: Int = #column,
        serve: @escaping @Sendable @concurrent (Client) async throws(Failure) -> Afterwards
    ) {
        self.init(addresses, .serve(serve), options, file, line, column)
    }

    @usableFromInline convenience init(
        _ addresses: [String], _ handler: HandlerSource, _ options: Options, _ file: String,
        _ line: Int, _ column: Int
    ) {
        self.init(
            ListenText.hosts(addresses, handler, file, line, column), options: options,
            file: file, line: line, column: column)
    }

    /// Listens, and serves until the task is cancelled or the server has ended.
    ///
    /// A cancelled task drains the server, then returns.
    ///
    /// - Throws: what ``listen()`` throws.
    public func run() async throws(ListenError) {
        let gate = Gate()
        observe { if $0 == .ended { gate.open() } }
        try await listen()
        await withTaskCancellationHandler {
            await gate.pass()
        } onCancel: {
            gate.open()
        }
        if state != .ended { await drain() }
    }
}

/// Opens once, and lets one task pass.
private final class Gate: Sendable {
    private enum State {
        case closed, awaited(CheckedContinuation<Void, Never>), open
    }

    private let state = Lock(State.closed)

    func open() {
        let state = state.withLock { state in
            defer { state = .open }
            return state
        }
        if case .awaited(let waiting) = state { waiting.resume() }
    }

    func pass() async {
        await withCheckedContinuation { waiting in
            let isOpen = state.withLock { state in
                if case .open = state { return true }
                state = .awaited(waiting)
                return false
            }
            if isOpen { waiting.resume() }
        }
    }
}

/// Addresses with ports, as one text each.
enum ListenText {
    /// A host for each port.
    static func hosts(
        _ texts: [String], _ handler: HandlerSource, _ file: String, _ line: Int, _ column: Int
    ) -> [IcsHost] {
        groups(texts).map { addresses, port in
            IcsHost(
                on: addresses, plain: port, handler: handler, file: file, line: line, column: column
            )
        }
    }

    /// The addresses of each port, in the order of their first one.
    private static func groups(_ texts: [String]) -> [(addresses: [String], port: Port?)] {
        var groups: [(addresses: [String], port: Port?)] = []
        for text in texts {
            let (addresses, port) = parts(of: text)
            if let index = groups.firstIndex(where: { $0.port == port }) {
                groups[index].addresses += addresses
            } else {
                groups.append((addresses, port))
            }
        }
        return groups
    }

    private static func parts(of text: String) -> (addresses: [String], port: Port?) {
        guard !text.lowercased().hasPrefix("unix"), let colon = text.lastIndex(of: ":"),
            !text[colon...].contains("]")
        else { return ([text], nil) }
        let (host, port) = (text[..<colon], Port(String(text[text.index(after: colon)...])))
        if host == "*" { return (["0.0.0.0", "::"], port) }
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        return ([String(isBracketed ? host.dropFirst().dropLast() : host)], port)
    }
}
