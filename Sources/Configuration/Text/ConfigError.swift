/// A configuration with mistakes: the operator's to mend.
package struct ConfigError: Error, Sendable {
    /// All diagnostics, warnings included.
    package let diagnostics: Diagnostics

    /// Refuses a configuration.
    package init(_ diagnostics: Diagnostics) {
        self.diagnostics = diagnostics
    }
}

extension ConfigError: CustomStringConvertible {
    /// Every diagnostic without its source line.
    package var description: String {
        diagnostics.sorted().map(\.description).joined(separator: "\n")
    }
}
