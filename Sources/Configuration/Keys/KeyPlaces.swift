/// The keys of a section so far, with their values.
struct KeyPlaces {
    private var entries: [String: INIDocument.Entry] = [:]

    /// The value of a key, nil when it was not set.
    subscript(name: String) -> Located<String>? { entries[name]?.value }

    /// A key as written, nil when it was not set.
    func spelling(of name: String) -> Located<String>? { entries[name]?.key }

    /// Whether a key was set to an unknown value.
    func isUnknown(_ name: String) -> Bool { entries[name]?.isKnown == false }

    /// Records a key, or reports a duplicate and returns false.
    ///
    /// - Parameters:
    ///   - entry: the key as written.
    ///   - name: the identity of the key, the same for all spellings.
    ///   - diagnostics: receives the mistake.
    /// - Returns: whether the key is new.
    mutating func insert(
        _ entry: INIDocument.Entry, as name: String, into diagnostics: inout Diagnostics
    ) -> Bool {
        guard let first = entries[name] else {
            entries[name] = entry
            return true
        }
        let (name, other) = (entry.key.value, first.key.value)
        let hint =
            name.lowercased() == other.lowercased()
            ? "" : ": \(other.printable) is the same key"
        diagnostics.error(
            at: entry.key.location, "\(name.printable) is given twice\(hint)",
            related: [.init(at: first.key.location, "first given here")])
        return false
    }
}
