package import HandlerAPI
internal import NetworkTypes

extension HandlerDeclaration {
    /// A value for each key: the one that is given, else the inherited one, else the default.
    ///
    /// - Parameters:
    ///   - texts: values as a file spells them; keys in any case.
    ///   - inherited: values by the declared names of their keys.
    /// - Returns: the values by the declared names.
    /// - Throws: the first mistake; its key is as declared, or as given if there is none of this name.
    package func values(
        _ texts: [(key: String, text: String)],
        inheriting inherited: [String: HandlerOptions.Value] = [:]
    ) throws(HandlerOptionError) -> [String: HandlerOptions.Value] {
        let handler = HandlerTable.Handler(self)
        var given: [Int: [String]] = [:]
        for (key, text) in texts {
            guard let index = handler.indexes[key.lowercased()] else {
                throw HandlerOptionError(name: key, absence(of: key))
            }
            given[index, default: []].append(text)
        }
        var values: [String: HandlerOptions.Value] = [:]
        for (index, key) in keys.enumerated() {
            values[key.name] =
                if let texts = given[index] {
                    try key.value(of: texts)
                } else {
                    inherited[key.name] ?? key.defaultValue
                }
        }
        return values
    }

    private func absence(of key: String) -> String {
        let names = keys.map(\.name)
        guard !names.isEmpty else { return "the handler \(name) has no keys" }
        let remedy =
            Suggestion.nearest(to: key, among: names).map { "did you mean \"\($0)\"?" }
            ?? "there are \(names.joined(separator: ", "))"
        return "the handler \(name) has no such key: \(remedy)"
    }
}

extension KeyDeclaration {
    /// Parses the texts of a key that a program gives.
    fileprivate func value(of texts: [String]) throws(HandlerOptionError) -> HandlerOptions.Value {
        guard texts.count == 1 || kind.isRepeatable else {
            throw HandlerOptionError(name: name, "is given \(texts.count) times: give it once")
        }
        var items: [String] = []
        var last = defaultValue
        for (index, text) in texts.enumerated() {
            if kind.valueType.isPath, case .unmapped = PathMap().map(text) {
                throw HandlerOptionError(
                    name: name, "must be a local path, not \(text.quoted): [PathMap] is for files")
            }
            switch read(text) {
            case .success(.list(let more)): items += more
            case .success(let value): last = value
            case .failure(let mistake):
                throw HandlerOptionError(
                    name: name, item: kind.isRepeatable ? index : nil,
                    mistake.message.removingPrefix("\(name) "))
            }
        }
        switch kind {
        case .list, .texts: return .list(items)
        default: return last
        }
    }
}

extension String {
    /// Messages about values begin with the key, which the error names already.
    fileprivate func removingPrefix(_ prefix: String) -> String {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
    }
}
