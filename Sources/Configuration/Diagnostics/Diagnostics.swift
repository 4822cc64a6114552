/// The diagnostics of a configuration, reported together.
package struct Diagnostics: Sendable {
    /// The most diagnostics of each level that are kept; others are only counted.
    package static let limit = 1_000

    private var kept: [Diagnostic] = []
    private var counts: [Diagnostic.Severity: Int] = [:]

    /// Creates an empty list.
    package init() {}

    /// Whether there are none.
    package var isEmpty: Bool { counts.isEmpty }
    /// Whether an error prevents the use of the configuration.
    package var hasErrors: Bool { count(.error) > 0 }
    /// The number of diagnostics above the limit, which were dropped.
    package var omittedCount: Int { counts.values.reduce(0, +) - kept.count }

    /// The number of diagnostics of one level, including dropped ones.
    package func count(_ severity: Diagnostic.Severity) -> Int { counts[severity, default: 0] }

    /// The diagnostics by file, line and column.
    package func sorted() -> [Diagnostic] {
        kept.enumerated().sorted { first, second in
            let (a, b) = (first.element.location, second.element.location)
            return (a.file, a.line, a.column, first.offset)
                < (b.file, b.line, b.column, second.offset)
        }.map(\.element)
    }

    /// Adds one.
    package mutating func append(_ diagnostic: Diagnostic) {
        if !isFull(diagnostic.severity) { kept.append(diagnostic) }
        counts[diagnostic.severity, default: 0] += 1
    }

    /// Adds all of another collection.
    package mutating func append(contentsOf other: Diagnostics) {
        other.kept.forEach { append($0) }
        for (severity, count) in other.counts {
            counts[severity, default: 0] += count - other.kept.count { $0.severity == severity }
        }
    }

    /// Adds an error, which prevents the use of the configuration.
    package mutating func error(
        at location: SourceLocation, _ message: @autoclosure () -> String,
        related: [Diagnostic.Note] = []
    ) {
        add(.error, at: location, message, related)
    }

    /// Adds a warning, which does not.
    package mutating func warn(
        at location: SourceLocation, _ message: @autoclosure () -> String,
        related: [Diagnostic.Note] = []
    ) {
        add(.warning, at: location, message, related)
    }

    /// Adds a note, which needs no action.
    package mutating func note(
        at location: SourceLocation, _ message: @autoclosure () -> String,
        related: [Diagnostic.Note] = []
    ) {
        add(.note, at: location, message, related)
    }

    /// Creates the message, which may take time, only if it is kept.
    private mutating func add(
        _ severity: Diagnostic.Severity, at location: SourceLocation, _ message: () -> String,
        _ related: [Diagnostic.Note]
    ) {
        guard isFull(severity) else {
            return append(Diagnostic(severity, at: location, message(), related: related))
        }
        counts[severity, default: 0] += 1
    }

    private func isFull(_ severity: Diagnostic.Severity) -> Bool {
        count(severity) >= Self.limit
    }
}
