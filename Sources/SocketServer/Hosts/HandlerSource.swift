public import HandlerAPI
internal import Synchronization

/// The handler of a host in code: an instance, a closure, or one by name.
///
/// A host that is applied again with the same source is unchanged, and keeps its clients.
public struct HandlerSource: Sendable {
    /// The value of `Handler=`.
    let name: String
    /// The instance; nil for a handler by name.
    let handler: (any Handler)?
    /// The handler's own keys, as the file spells them.
    let keys: [(key: String, value: String)]

    private static let lastNumber = Atomic<UInt64>(0)

    private init(_ handler: any Handler) {
        let number = Self.lastNumber.add(1, ordering: .relaxed).newValue
        name = "\(type(of: handler).name)#\(number)"
        self.handler = handler
        keys = []
    }

    private init(_ name: String, _ keys: KeyValuePairs<String, String>) {
        (self.name, handler) = (name, nil)
        self.keys = keys.map { ($0.key, $0.value) }
    }

    /// An instance, which serves the clients of each host that has this source.
    ///
    /// A `LastingHandler` is started once for each host, and again when a host is changed.
    public static func instance(_ handler: some Handler) -> HandlerSource {
        HandlerSource(handler)
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

    /// A closure that serves each client, in a task on the client's loop; it returns what happens to the connection.
    public static func serve(
        _ body: @escaping @Sendable @concurrent (Client) async throws -> Afterwards
    ) -> HandlerSource {
        HandlerSource(ClosureHandler(body))
    }
}

extension HandlerSource: SettingText {
    var settingText: String? { name.settingText }
}

/// A handler that calls a closure.
struct ClosureHandler: Handler {
    static let name = "closure"
    static let summary = "calls a closure of the program"

    private let body: @Sendable @concurrent (Client) async throws -> Afterwards

    init(_ body: @escaping @Sendable @concurrent (Client) async throws -> Afterwards) {
        self.body = body
    }

    init(_ options: HandlerOptions) throws {
        throw HandlerOptionError("a closure has no name in a file")
    }

    @concurrent func serve(_ client: Client) async throws -> Afterwards {
        try await body(client)
    }
}
