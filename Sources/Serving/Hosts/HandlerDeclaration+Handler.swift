package import Configuration
package import HandlerAPI

extension HandlerDeclaration {
    /// Translates what a handler says of itself into what the configuration needs to know.
    package init(_ handler: any Handler.Type) {
        self.init(name: handler.name, keys: handler.keys.map(Key.init))
    }
}

extension HandlerDeclaration.Key {
    init(_ key: HandlerKey) {
        self.init(
            name: key.name, type: HandlerDeclaration.KeyType(key.kind),
            defaultText: key.defaultValue, help: key.help)
    }
}

extension HandlerDeclaration.KeyType {
    init(_ kind: HandlerKey.Kind) {
        switch kind {
        case .text: self = .text
        case .integer(let range): self = .integer(range)
        case .boolean: self = .boolean
        case .duration(let limit): self = .duration(upTo: limit)
        case .choice(let words): self = .choice(words)
        case .path: self = .path
        case .list: self = .list
        case .texts: self = .texts
        case .hostPort: self = .hostPort
        case .unquotedText: self = .unquotedText
        case .hostName: self = .hostName
        case .size(let limit): self = .size(upTo: limit)
        case .mode: self = .mode
        }
    }
}
