/// A message for the operator about a place in the configuration.
package struct Diagnostic: Hashable, Sendable {
    /// The level of a diagnostic.
    package enum Severity: String, Sendable {
        case error, warning, note
    }

    /// The level.
    package let severity: Severity
    /// The place it is about.
    package let location: SourceLocation
    /// The problem and the expectation: no capital at the start, no full stop.
    package let message: String
    /// Related places, such as the first of two that clash.
    package let related: [Note]

    /// A place that is related to a diagnostic.
    package struct Note: Hashable, Sendable {
        /// The other place.
        package let location: SourceLocation
        /// The text of the note.
        package let message: String

        /// Creates a note.
        package init(at location: SourceLocation, _ message: String) {
            self.location = location
            self.message = message
        }
    }

    /// Creates a diagnostic.
    package init(
        _ severity: Severity, at location: SourceLocation, _ message: String, related: [Note] = []
    ) {
        self.severity = severity
        self.location = location
        self.message = message
        self.related = related
    }

    /// Creates an error.
    static func error(at location: SourceLocation, _ message: String) -> Self {
        Self(.error, at: location, message)
    }
}

extension Diagnostic: CustomStringConvertible {
    /// `FILE:LINE:COLUMN: error: …`, then a line for each related place.
    package var description: String {
        let notes = related.map { "\n\($0.location): note: \($0.message)" }
        return "\(location): \(severity): \(message)" + notes.joined()
    }
}
