internal import Configuration
public import HandlerAPI

extension HandlerOptions {
    /// The options of a handler for a test, read as a file would be: each key with its text, the
    /// default where there is none.
    ///
    /// TLS to targets loads no file: nothing goes over a network here.
    ///
    /// - Parameters:
    ///   - handler: the handler, whose keys these are.
    ///   - texts: the values of its keys, as a file would spell them; keys in any case.
    ///   - hostTag: `HostTag`.
    ///   - tlsPort: `BindSslPort`.
    ///   - requiresTLS: `AuthForceSsl`.
    ///   - targets: the `[Target]` sections of the tag.
    ///   - handlers: those that ``HandlerAPI/HandlerOptions/handler(named:_:)`` can make, such as `BuiltinHandlers.all`. The
    ///     test starts one that lasts.
    ///   - warn: called by ``warn(_:_:)``.
    /// - Throws: ``HandlerOptionError`` for a key that the handler does not declare, for a value that is
    ///   not of its kind, and for a mistake in the declared keys (``HandlerAPI/Handler/keyMistakes``).
    public init(
        of handler: any Handler.Type, _ texts: [String: String] = [:], hostTag: String = "Host1",
        tlsPort: Int? = nil, requiresTLS: Bool = false, targets: [TargetOptions] = [],
        handlers: [any Handler.Type] = [],
        warn: @escaping @Sendable (_ key: String, _ message: String) -> Void = { _, _ in }
    ) throws {
        for type in handlers + [handler] {
            if let mistake = HandlerDeclaration(type).mistakes.first {
                throw HandlerOptionError(mistake)
            }
        }
        let pairs = texts.sorted { $0.key < $1.key }.map { (key: $0.key, text: $0.value) }
        let values = try HandlerDeclaration(handler).values(pairs)
        self.init(
            hostTag: hostTag, values: values, tlsPort: tlsPort, requiresTLS: requiresTLS,
            targets: targets, makeTLS: { _ in TestTLS() }, warn: warn)
        makeHandler =
            DelegateMaker(HandlerRegistry(handlers), for: handler) { _ in true }.make
    }
}

/// TLS to targets, where there is no network.
private final class TestTLS: ClientTLS {}

extension Handler {
    /// The mistakes in the name, keys and traits of the handler: with one of them no program registers it.
    ///
    /// ```swift
    /// #expect(Greeting.keyMistakes == [])
    /// ```
    public static var keyMistakes: [String] { HandlerDeclaration(Self.self).mistakes }
}
