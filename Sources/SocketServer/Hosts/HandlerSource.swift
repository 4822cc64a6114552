public import HandlerAPI
internal import Synchronization

/// The handler of a host in code: an instance, a closure, or one by name.
///
/// A host that is applied again with the same source is unchanged, and keeps its clients.
public struct HandlerSource: Sendable {
    /// The value of `Handler=`.
    let name: String
    /// What makes the handler of each host; nil for a handler by name.
    let maker: Maker?
    /// The handler's own keys, as the file spells them.
    let keys: [(key: String, value: String)]

    private static let lastNumber = Atomic<UInt64>(0)

    /// Makes the handler of a host.
    struct Maker: Sendable {
        let type: any Handler.Type
        let make: @Sendable (HandlerOptions) throws -> any Handler
    }

    private init(_ maker: Maker) {
        let number = Self.lastNumber.add(1, ordering: .relaxed).newValue
        name = "\(maker.type.name)#\(number)"
        self.maker = maker
        keys = []
    }

    private init(_ name: String, _ keys: KeyValuePairs<String, String>) {
        (self.name, maker) = (name, nil)
        self.keys = keys.map { ($0.key, $0.value) }
    }

    @usableFromInline init(
        serving body: @escaping @Sendable @concurrent (Client) async throws -> Afterwards
    ) {
        self = .instance(ClosureHandler(body))
    }

    /// An instance, which serves the clients of each host that has this source.
    ///
    /// A `LastingHandler` is started once for each host, and again when a host is changed.
    public static func instance(_ handler: some Handler) -> HandlerSource {
        HandlerSource(Maker(type: type(of: handler)) { _ in handler })
    }

    /// An instance for each host, made when the server prepares the host: one that hands clients to other handlers, or that
    /// shall not be shared.
    ///
    /// ```swift
    /// .made { options in
    ///     Sorting(
    ///         web: try options.handler(named: "web", ["WebDocDir": "/srv/www"]),
    ///         rest: try options.handler(named: "echo"))
    /// }
    /// ```
    ///
    /// - Parameter make: makes the handler. The options have the host, and no value of a key. What it throws keeps the host
    ///   down; it is called again at each retry, and when the host is changed.
    /// - Returns: the source.
    public static func made<Made: Handler>(
        _ make: @escaping @Sendable (HandlerOptions) throws -> Made
    ) -> HandlerSource {
        HandlerSource(Maker(type: Made.self) { try make($0) })
    }

    /// A handler by its name (`Handler=`): a built-in one such as `web`, or one of
    /// ``SocketServer/Options/handlers``.
    ///
    /// - Parameters:
    ///   - name: the name, in any case.
    ///   - keys: the handler's own keys, as the file spells them; one that may be repeated is given again.
    /// - Returns: the source; an unknown name keeps its host down.
    public static func named(
        _ name: String, _ keys: KeyValuePairs<String, String> = [:]
    ) -> HandlerSource {
        HandlerSource(name, keys)
    }

    /// A closure that serves each client, in a task on the client's loop; the connection is closed when it returns
    /// (``HandlerAPI/Afterwards/close``).
    ///
    /// - Parameter body: ends the connection with a reset when it throws.
    /// - Returns: the source.
    public static func serve(
        _ body: @escaping @Sendable @concurrent (Client) async throws -> Void
    ) -> HandlerSource {
        .instance(ClosingHandler(body))
    }

    /// A closure that serves each client, in a task on the client's loop, and decides what happens to the connection.
    ///
    /// - Parameter body: returns that, such as `.rest`; ends the connection with a reset when it throws.
    /// - Returns: the source.
    @inlinable public static func serve<Failure: Error>(
        _ body: @escaping @Sendable @concurrent (Client) async throws(Failure) -> Afterwards
    ) -> HandlerSource {
        // Generic since a closure without a `return` fits both: of two functions Swift takes the one that is not generic.
        // Inlined, or the task of each client would have a frame that converts errors.
        HandlerSource(serving: body)
    }
}

extension HandlerSource: SettingText {
    var settingText: String? { name.settingText }
}
