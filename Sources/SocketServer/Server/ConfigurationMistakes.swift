internal import Configuration

/// Everything that is wrong with the hosts of a server, each with its place in the file or in Swift code.
public struct ConfigurationMistakes: Error, Sendable {
    /// A message about a place.
    public struct Diagnostic: Hashable, Sendable {
        /// The level of a message.
        @nonexhaustive
        public enum Severity: String, Sendable {
            /// It prevents the use of the hosts.
            case error
            /// It does not.
            case warning
            /// It needs no action.
            case note
        }

        /// The level.
        public let severity: Severity
        /// The file, or the source file (`#fileID`) of a host in code.
        public let file: String
        /// The line, from 1.
        public let line: Int
        /// The column, from 1.
        public let column: Int
        /// What is wrong, and what is expected: no capital, no full stop; it names the key.
        public let message: String
    }

    /// The messages by file, line and column; at least one is an error.
    public let diagnostics: [Diagnostic]

    /// The messages of one level.
    public func messages(_ severity: Diagnostic.Severity) -> [String] {
        diagnostics.filter { $0.severity == severity }.map(\.message)
    }
}

extension ConfigurationMistakes {
    init(_ diagnostics: Diagnostics) {
        self.init(diagnostics: diagnostics.sorted().map { Diagnostic($0) })
    }

    init(_ error: ConfigurationFileError) {
        self.init(diagnostics: [
            Diagnostic(
                severity: .error, file: error.path, line: 1, column: 1, message: "\(error)")
        ])
    }
}

extension ConfigurationMistakes.Diagnostic {
    init(_ diagnostic: Configuration.Diagnostic) {
        let severity: Severity =
            switch diagnostic.severity {
            case .error: .error
            case .warning: .warning
            case .note: .note
            }
        let place = diagnostic.location
        self.init(
            severity: severity, file: place.file, line: place.line, column: place.column,
            message: diagnostic.message)
    }
}

extension ConfigurationMistakes.Diagnostic: CustomStringConvertible {
    /// `FILE:LINE:COLUMN: error: …`, as compilers print it.
    public var description: String { "\(file):\(line):\(column): \(severity): \(message)" }
}

extension ConfigurationMistakes: CustomStringConvertible {
    /// A line for each message.
    public var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}
