internal import Configuration
internal import TextFormats

extension Explanation {
    /// The most hosts that were not chosen in the text; JSON has all.
    private static let shown = 20

    /// Aligned lines with a final line feed.
    package var text: String {
        let width = facts.map(\.name.count).max() ?? 0
        let lines = facts.map { fact in
            let gap = String(repeating: " ", count: width - fact.name.count)
            return "  \(fact.name)\(gap)  \(fact.described)\n"
        }
        let others = notChosen.prefix(Explanation.shown).map { "  \($0.name): \($0.described)\n" }
        let more = notChosen.count - others.count
        return "\(outcome.rawValue)\n" + lines.joined()
            + (notChosen.isEmpty ? "" : "not chosen:\n") + others.joined()
            + (more > 0 ? "  \(more) more\n" : "")
    }

    /// The same as a JSON object with a final line feed.
    package var json: String {
        """
        {
          "outcome": \(outcome.rawValue.json),
          "facts": \(Explanation.list(facts)),
          "notChosen": \(Explanation.list(notChosen))
        }

        """
    }

    private static func list(_ facts: [Fact]) -> String {
        guard !facts.isEmpty else { return "[]" }
        let items = facts.map { fact in
            "    {\"name\": \(fact.name.json), \"value\": \(fact.value.json), "
                + "\"at\": \(fact.place?.json ?? "null")}"
        }
        return "[\n\(items.joined(separator: ",\n"))\n  ]"
    }
}

extension Explanation.Fact {
    /// `FILE:LINE`.
    fileprivate var place: String? { location?.fileAndLine }

    /// The value with its place.
    fileprivate var described: String {
        let text = value.isEmpty ? "(blank)" : value.printable
        return place.map { "\(text)  \($0)" } ?? text
    }
}
