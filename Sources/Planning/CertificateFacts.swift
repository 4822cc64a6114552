internal import Configuration
internal import TextFormats

/// The facts about the certificate of a host, for a plan.
package struct CertificateFacts: Sendable {
    /// Its expiry: a date, and seconds since 1970; nil when the certificate is unusable.
    package let end: (day: String, seconds: Int)?
    /// Whether the server created it, or would.
    package let isMadeHere: Bool
    /// One word for each problem.
    package let warnings: [String]
    /// Why it is unusable.
    package let problem: String?

    /// Creates the facts.
    package init(
        end: (day: String, seconds: Int)?, isMadeHere: Bool, warnings: [String],
        problem: String? = nil
    ) {
        self.end = end
        self.isMadeHere = isMadeHere
        self.warnings = warnings
        self.problem = problem
    }

    /// The words of a table after the files.
    var words: [String] {
        if let problem { return ["(bad: \(problem))"] }
        let notes = (isMadeHere ? ["self-made"] : []) + warnings
        return (end.map { ["until \($0.day)"] } ?? [])
            + (notes.isEmpty ? [] : ["(\(notes.joined(separator: ", ")))"])
    }

    /// Members of a JSON object, each followed by a comma.
    var json: String {
        "\"certificate_end\": \(end.map { "\($0.seconds)" } ?? "null"), "
            + "\"self_made\": \(isMadeHere), "
            + "\"certificate_warnings\": [\(warnings.map(\.json).joined(separator: ", "))], "
            + "\"certificate_problem\": \(problem?.json ?? "null"), "
    }
}
