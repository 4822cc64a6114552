/// A message for the operator about a place in the configuration.
package struct Diagnostic: Hashable, Sendable {
    /// How much it matters.
    package enum Severity: String, Sendable {
        case error, warning, note
    }

    /// How much it matters.
    package let severity: Severity
    /// The place it is about.
    package let location: SourceLocation
    /// What is wrong and what is expected: no capital at the start, no full stop.
    package let message: String
    /// The other places that have to do with it, such as the first of two that clash.
    package let related: [Note]

    /// Another place that has to do with a diagnostic.
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

    /// Joins a message with its place.
    package init(
        _ severity: Severity, at location: SourceLocation, _ message: String, related: [Note] = []
    ) {
        self.severity = severity
        self.location = location
        self.message = message
        self.related = related
    }

    /// Makes an error.
    static func error(at location: SourceLocation, _ message: String) -> Self {
        Self(.error, at: location, message)
    }
}

extension Diagnostic: CustomStringConvertible {
    /// `FILE:LINE:COLUMN: error: …`, then the related places, a line each.
    package var description: String {
        let notes = related.map { "\n\($0.location): note: \($0.message)" }
        return "\(location): \(severity): \(message)" + notes.joined()
    }
}
