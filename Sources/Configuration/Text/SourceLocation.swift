/// A place in a configuration file.
package struct SourceLocation: Hashable, Sendable {
    /// The path as it was given or included.
    package let file: String
    /// The line, from 1.
    package let line: Int
    /// The column, from 1, counted in characters.
    package let column: Int

    /// Creates a place.
    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `FILE:LINE`, with the file as it is.
    package var fileAndLine: String { "\(file):\(line)" }
}

extension SourceLocation: CustomStringConvertible {
    /// `FILE:LINE:COLUMN`, as compilers print it.
    package var description: String { "\(file.printable):\(line):\(column)" }
}
