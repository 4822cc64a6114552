/// The keys that a section has given so far, with their values.
struct KeyPlaces {
    private var entries: [String: INIDocument.Entry] = [:]

    /// The value of a key, nil when it was not given.
    subscript(name: String) -> Located<String>? { entries[name]?.value }

    /// A key as it was written, nil when it was not given.
    func spelling(of name: String) -> Located<String>? { entries[name]?.key }

    /// Whether a key was given with a value that is not known.
    func isUnknown(_ name: String) -> Bool { entries[name]?.isKnown == false }

    /// Notes a key, or reports that it was given before and returns false.
    ///
    /// - Parameters:
    ///   - entry: the key as written.
    ///   - name: the identity of the key, the same for all spellings.
    ///   - diagnostics: takes the mistake.
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
