/// A configuration file cut into sections, keys and values, nothing interpreted.
package struct INIDocument: Sendable {
    /// The sections in the order of the file.
    package var sections: [Section] = []
    /// The files that belong in between.
    package var includes: [Include] = []
    /// Whether all sections could be read; otherwise some may be missing above.
    package var isComplete = true

    /// One `Include`.
    package struct Include: Sendable {
        /// The path or pattern.
        package let pattern: Located<String>
        /// How many sections stand above it.
        package let position: Int
    }

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
