/// The keys that a section has given so far, with their values.
struct KeyPlaces {
    private var entries: [String: INIDocument.Entry] = [:]

    /// The value of a key, nil when it was not given.
    subscript(name: String) -> Located<String>? { entries[name]?.value }

    /// Notes a key, or tells that it was given before and returns false.
    ///
    /// - Parameters:
    ///   - entry: the key as written.
    ///   - name: what all spellings of the key have in common.
    ///   - diagnostics: takes the mistake.
    /// - Returns: whether the key is new.
    mutating func insert(
        _ entry: INIDocument.Entry, as name: String, into diagnostics: inout Diagnostics
    ) -> Bool {
        guard let first = entries[name] else {
            entries[name] = entry
            return true
        }
        diagnostics.error(
            at: entry.key.location, "\(entry.key.value.printable) is given twice",
            related: [.init(at: first.key.location, "first given here")])
        return false
    }
}
