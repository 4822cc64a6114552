/// Finds where functions begin and end, by counting braces.
enum FunctionFinder {
    /// A function with a body, by the numbers of its lines.
    struct Function {
        let name: String
        let first: Int
        let last: Int
    }

    /// All functions, initializers and subscripts of a file that have a body.
    static func functions(of file: SwiftFile) -> [Function] {
        file.code.indices.compactMap { index in
            guard let name = name(file.code[index]), let last = end(of: index, in: file.code) else {
                return nil
            }
            return Function(name: name, first: index + 1, last: last + 1)
        }
    }

    private static func name(_ line: Substring) -> String? {
        // A match takes long, and few lines have what one needs.
        let words = ["func ", "init", "subscript"]
        guard words.contains(where: { line.contains($0) }) else { return nil }
        let pattern =
            /^\s*(?:@\w+(?:\([^)]*\))?\s+|\w+(?:\(\w+\))?\s+)*?(func\s+\S+?|init[?]?|deinit|subscript)\s*[(<{]/
        return line.firstMatch(of: pattern).map { String($0.1) }
    }

    /// The line of the brace that ends the body, nil for a requirement of a protocol.
    private static func end(of first: Int, in code: [Substring]) -> Int? {
        var (parentheses, braces) = (0, 0)
        for index in first..<code.count {
            // The next declaration without a body before it: this was a requirement.
            if index > first, braces == 0, parentheses == 0, name(code[index]) != nil { return nil }
            for character in code[index].utf8 {
                switch character {
                case UInt8(ascii: "("), UInt8(ascii: "["): parentheses += 1
                case UInt8(ascii: ")"), UInt8(ascii: "]"): parentheses -= 1
                case UInt8(ascii: "{") where parentheses == 0: braces += 1
                case UInt8(ascii: "}") where parentheses == 0:
                    braces -= 1
                    if braces <= 0 { return braces == 0 ? index : nil }
                default: break
                }
            }
        }
        return nil
    }
}
