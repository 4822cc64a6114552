extension HandlerDeclaration.Key {
    /// What is wrong with a value.
    package struct Mistake: Error, Sendable {
        /// What the file's reader would say of it.
        package let message: String
    }

    /// Reads a value as if a file gave it; nil is the default, and so is a blank value of a type that has none.
    package func read(_ text: String?) -> Result<HandlerOptionValue, Mistake> {
        let text = text.flatMap { $0.isEmpty && type.blank == nil ? nil : $0 } ?? defaultText
        if text.isEmpty, let blank = type.blank { return .success(blank) }
        var diagnostics = Diagnostics()
        let place = SourceLocation(file: "", line: 0, column: 0)
        let value = type.valueType.read(Located(text, at: place), of: name, into: &diagnostics)
        if let value { return .success(value) }
        return .failure(Mistake(message: diagnostics.sorted().first?.message ?? "not a value"))
    }
}
