/// Maps places in the configuration to hosts, from the text alone.
///
/// A file with mistakes may have no settings.
package struct HostPlaces {
    private struct Section {
        let line: Int
        /// Nil for a section that is not a host.
        var tag: String?
    }

    /// The sections of each file, in its order.
    private let sections: [String: [Section]]

    /// Scans the files.
    package init(_ sources: [SourceText]) {
        let pairs = sources.map { ($0.file, Self.sections(of: $0)) }
        sections = Dictionary(pairs) { first, _ in first }
    }

    /// The tag of the host whose section contains a place, nil for none.
    package func tag(at place: SourceLocation) -> String? {
        sections[place.file]?.last { $0.line <= place.line }?.tag
    }

    private static func sections(of source: SourceText) -> [Section] {
        var sections: [Section] = []
        let lines = source.bytes[source.textStart...].split(
            separator: .newline, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let text = line.trimmed
            if text.first == UInt8(ascii: "["), let end = text.firstIndex(of: UInt8(ascii: "]")) {
                let name = String(
                    decoding: text[(text.startIndex + 1)..<end].trimmed, as: UTF8.self)
                var section = Section(line: index + 1)
                if case .host = SectionKind(name) { section.tag = name }
                sections.append(section)
            } else if let tag = value(of: "hosttag", in: text), sections.last?.tag != nil {
                sections[sections.count - 1].tag = tag
            }
        }
        return sections
    }

    /// The value of a key, if the line sets it.
    private static func value(of key: String, in line: ArraySlice<UInt8>) -> String? {
        guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let name = String(decoding: line[..<equals].trimmed, as: UTF8.self)
        guard name.lowercased() == key else { return nil }
        let value = line[(equals + 1)...].trimmed
        return value.isEmpty ? nil : String(decoding: value, as: UTF8.self)
    }
}
