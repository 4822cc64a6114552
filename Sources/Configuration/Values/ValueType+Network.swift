internal import NetworkTypes

extension ValueType<PortChoice?> {
    /// A port; 0 is nil, for no listener.
    static let port = ValueType("a port from 1 to 65535, 0 for none, or auto") { text in
        if text.lowercased() == "auto" { return .some(.automatic) }
        guard text.utf8.first != UInt8(ascii: "+"), let number = UInt16(text) else { return nil }
        return .some(number == 0 ? nil : .number(number))
    }
}

extension ValueType<[Located<String>]> {
    /// A comma list of names that a host serves.
    static let serverNames = ValueType("server names") { text, key, diagnostics in
        var names: [Located<String>] = []
        var places: [String: SourceLocation] = [:]
        let errorsBefore = diagnostics.count(.error)
        for item in text.commaSeparated {
            guard let name = ServerName.normalized(item.value) else {
                diagnostics.error(
                    at: item.location, "\(key) must be \(ServerName.expectation(item.value))")
                continue
            }
            if item.value.utf8.contains(where: { $0 >= 0x80 }) {
                diagnostics.note(
                    at: item.location,
                    "\(item.value.quoted) is served as \(name.quoted), as clients write it")
            } else if item.value.utf8.contains(
                where: (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains)
            {
                diagnostics.note(
                    at: item.location,
                    "\(item.value.quoted) is served as \(name.quoted): names are not case-sensitive"
                )
            }
            if let first = places[name] {
                diagnostics.warn(
                    at: item.location, "\(key) names \(name.quoted) twice",
                    related: [.init(at: first, "first named here")])
            } else {
                places[name] = item.location
                names.append(Located(name, at: item.location))
            }
        }
        if names.isEmpty, diagnostics.count(.error) == errorsBefore {
            diagnostics.error(at: text.location, "\(key) must name at least one server name or *")
        }
        return names.isEmpty ? nil : names
    }
}

extension Located<String> {
    /// The items of a comma list, trimmed, each with its own place; blank items are skipped.
    var commaSeparated: [Located<String>] {
        let bytes = Array(value.utf8)
        var (items, start, column): ([Located<String>], Int, Int) = ([], 0, location.column)
        while true {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: ",")) ?? bytes.endIndex
            let item = bytes[start..<end].trimmed
            if !item.isEmpty {
                let itemColumn = column + bytes[start..<item.startIndex].characterCount
                items.append(
                    Located(
                        String(decoding: item, as: UTF8.self),
                        at: SourceLocation(
                            file: location.file, line: location.line, column: itemColumn)))
            }
            guard end < bytes.endIndex else { return items }
            column += bytes[start...end].characterCount
            start = end + 1
        }
    }
}
