/// A configuration file cut into sections, keys and values, nothing interpreted.
package struct INIDocument: Sendable {
    /// The sections in the order of the file.
    package var sections: [Section] = []
    /// Whether all sections could be read; otherwise some may be missing above.
    package var isComplete = true

    /// One `[Section]` with its keys.
    package struct Section: Sendable {
        /// The name between the brackets, trimmed.
        package let name: Located<String>
        /// The keys in the order of the file.
        package var entries: [Entry] = []
    }

    /// One `key = value` line.
    package struct Entry: Sendable {
        /// What stands before the first `=`, trimmed.
        package let key: Located<String>
        /// What stands behind it, trimmed.
        package let value: Located<String>
    }
}
