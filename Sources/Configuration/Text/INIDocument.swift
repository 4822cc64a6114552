/// A configuration file split into sections, keys and values, without interpretation.
package struct INIDocument: Sendable {
    /// The sections in the order of the file.
    package var sections: [Section] = []
    /// The included files, with their positions.
    package var includes: [Include] = []
    /// The names of sections that could not be read, where they are known.
    package var lost: [String] = []
    /// Whether some included files could not be read.
    package var lacksFiles = false

    /// Creates a document from sections, such as those of hosts in code.
    package init(sections: [Section] = [], lacksFiles: Bool = false) {
        (self.sections, self.lacksFiles) = (sections, lacksFiles)
    }

    /// Whether all sections could be read; otherwise some may be missing.
    package var isComplete: Bool { lost.isEmpty && !lacksFiles }

    /// Records the parts that are missing in an included document.
    mutating func take(faultsOf other: INIDocument) {
        lost += other.lost
        lacksFiles = lacksFiles || other.lacksFiles
    }

    /// One `Include`.
    package struct Include: Sendable {
        /// The path or pattern.
        package let pattern: Located<String>
        /// The number of sections above it.
        package let position: Int
    }

    /// One `[Section]` with its keys.
    package struct Section: Sendable {
        /// The name between the brackets, trimmed.
        package let name: Located<String>
        /// The keys in the order of the file.
        package var entries: [Entry] = []

        /// Creates a section.
        package init(name: Located<String>, entries: [Entry] = []) {
            (self.name, self.entries) = (name, entries)
        }
    }

    /// One `key = value` line.
    package struct Entry: Sendable {
        /// The text before the first `=`, trimmed.
        package let key: Located<String>
        /// The text after it, trimmed.
        package let value: Located<String>
        /// Whether all its variables are set; otherwise the value is as written, with a diagnostic.
        package var isKnown = true

        /// Creates a line.
        package init(key: Located<String>, value: Located<String>, isKnown: Bool = true) {
            (self.key, self.value, self.isKnown) = (key, value, isKnown)
        }
    }
}
