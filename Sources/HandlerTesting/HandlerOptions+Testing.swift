internal import Configuration
public import HandlerAPI

extension HandlerOptions {
    /// The options of a handler for a test, read as a file would be: each key with its text, the
    /// default where there is none.
    ///
    /// TLS to targets loads no file: nothing goes over a network here.
    ///
    /// - Throws: ``HandlerOptionError`` for a key that the handler does not declare, and for a value
    ///   that is none of its kind.
    public init(
        of handler: any Handler.Type, _ texts: [String: String] = [:], hostTag: String = "Host1",
        targets: [TargetOptions] = []
    ) throws {
        var values: [String: Value] = [:]
        for key in HandlerDeclaration(handler).keys {
            switch key.read(texts[key.name]) {
            case .success(let value): values[key.name] = value
            case .failure(let mistake): throw HandlerOptionError(key.name, mistake.message)
            }
        }
        if let unknown = texts.keys.sorted().first(where: { values[$0] == nil }) {
            throw HandlerOptionError(unknown, "the handler \(handler.name) declares no such key")
        }
        self.init(hostTag: hostTag, values: values, targets: targets) { _ in TestTLS() }
    }
}

/// TLS to targets, where there is no network.
private final class TestTLS: ClientTLS {}
