import Testing

/// The table of phases in `docs/ARCHITECTURE.md` is that of `Phase.successors`.
@Suite struct PhaseTests {
    private static func text(_ path: String) -> String {
        String(decoding: Repository.bytes(of: path), as: UTF8.self)
    }

    /// Lines such as `case .flushing: [.lingering, .closed]`, also for several phases at once.
    private static var code: [String: [String]] {
        var table: [String: [String]] = [:]
        let text = text("Sources/Serving/Connection/Connection+Phase.swift")
        for match in text.matches(of: /case ([.\w, ]+): \[(.*)\]/) {
            for phase in words(in: match.1) { table[phase] = words(in: match.2) }
        }
        return table
    }

    /// The first two columns: a phase, and those that may follow.
    private static var document: [String: [String]] {
        var table: [String: [String]] = [:]
        let text = text("docs/ARCHITECTURE.md")
        guard let start = text.firstRange(of: "| phase | next |") else { return [:] }
        for line in text[start.upperBound...].split(
            separator: "\n", omittingEmptySubsequences: false
        )
        .dropFirst(2) {
            guard line.hasPrefix("|") else { break }
            let cells = line.split(separator: "|")
            guard let phase = words(in: cells[0]).first else { continue }
            table[phase] = words(in: cells[1])
        }
        return table
    }

    private static func words(in text: Substring) -> [String] {
        text.matches(of: /\w+/).map { String($0.0) }
    }

    @Test func theDocumentHasTheTransitionsOfTheCode() {
        #expect(Self.code.count == 11)
        #expect(Self.document == Self.code)
    }
}
