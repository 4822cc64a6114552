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
    ///   - texts: the values of its keys, as a file would spell them.
    ///   - hostTag: `HostTag`.
    ///   - tlsPort: `BindSslPort`.
    ///   - requiresTLS: `AuthForceSsl`.
    ///   - targets: the `[Target]` sections of the tag.
    ///   - warn: called by ``warn(_:_:)``.
    /// - Throws: ``HandlerOptionError`` for a key that the handler does not declare, for a value that is
    ///   not of its kind, and for a mistake in the declared keys (``HandlerAPI/Handler/keyMistakes``).
    public init(
        of handler: any Handler.Type, _ texts: [String: String] = [:], hostTag: String = "Host1",
        tlsPort: Int? = nil, requiresTLS: Bool = false, targets: [TargetOptions] = [],
        warn: @escaping @Sendable (_ key: String, _ message: String) -> Void = { _, _ in }
    ) throws {
        var values: [String: Value] = [:]
        let declaration = HandlerDeclaration(handler)
        if let mistake = declaration.mistakes.first { throw HandlerOptionError(mistake) }
        for key in declaration.keys {
            switch key.read(texts[key.name]) {
            case .success(let value): values[key.name] = value
            case .failure(let mistake): throw HandlerOptionError(name: key.name, mistake.message)
            }
        }
        if let unknown = texts.keys.sorted().first(where: { values[$0] == nil }) {
            throw HandlerOptionError(
                name: unknown, "the handler \(handler.name) declares no such key")
        }
        self.init(
            hostTag: hostTag, values: values, tlsPort: tlsPort, requiresTLS: requiresTLS,
            targets: targets, makeTLS: { _ in TestTLS() }, warn: warn)
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
