/// A configuration file cut into sections, keys and values, nothing interpreted.
package struct INIDocument: Sendable {
    /// The sections in the order of the file.
    package var sections: [Section] = []
    /// The files that belong in between.
    package var includes: [Include] = []
    /// The names of sections that could not be read, as far as they are names.
    package var lost: [String] = []
    /// Whether files that belong in between could not be read.
    package var lacksFiles = false

    /// Whether all sections could be read; otherwise some may be missing above.
    package var isComplete: Bool { lost.isEmpty && !lacksFiles }

    /// Notes parts that are missing of an included document, and so of this one.
    mutating func take(faultsOf other: INIDocument) {
        lost += other.lost
        lacksFiles = lacksFiles || other.lacksFiles
    }

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
        /// The text before the first `=`, trimmed.
        package let key: Located<String>
        /// The text behind it, trimmed.
        package let value: Located<String>
        /// Whether its variables are known; otherwise the value is as written, with a diagnostic.
        package var isKnown = true
    }
}
