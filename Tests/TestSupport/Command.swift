/// A program that was run to its end.
package struct Command: Sendable {
    /// How it ended.
    package let end: ChildProcess.End
    /// What it printed to standard output.
    package let output: String
    /// What it printed to standard error.
    package let errors: String

    /// Runs a program of `PATH` and waits for its end.
    package init(_ words: [String], input: [UInt8] = []) throws {
        let process = try ChildProcess(words)
        if !input.isEmpty { try process.write(input) }
        process.closeInput()
        end = try process.waitForEnd()
        (output, errors) = (process.output, process.errors)
    }

    /// Runs a program that has to succeed.
    ///
    /// - Returns: what it printed to standard output.
    @discardableResult
    package static func succeed(_ words: [String]) throws -> String {
        let command = try Command(words)
        guard command.end == .exited(0) else {
            throw TestFailure("\(words): \(command.end)\n\(command.errors)")
        }
        return command.output
    }
}
