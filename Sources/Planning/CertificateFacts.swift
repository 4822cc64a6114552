internal import Configuration
internal import TextFormats

/// What was found about the certificate of a host, for a plan.
package struct CertificateFacts: Sendable {
    /// When it ends: the day for people, and seconds since 1970; nil when it cannot be used.
    package let end: (day: String, seconds: Int)?
    /// Whether it is, or would be, made here.
    package let isMadeHere: Bool
    /// One word for each thing that is odd about it.
    package let warnings: [String]
    /// Why it cannot be used.
    package let problem: String?

    /// Joins what was found.
    package init(
        end: (day: String, seconds: Int)?, isMadeHere: Bool, warnings: [String],
        problem: String? = nil
    ) {
        self.end = end
        self.isMadeHere = isMadeHere
        self.warnings = warnings
        self.problem = problem
    }

    /// What a table shows behind the files.
    var words: [String] {
        if let problem { return ["(bad: \(problem))"] }
        let notes = (isMadeHere ? ["self-made"] : []) + warnings
        return (end.map { ["until \($0.day)"] } ?? [])
            + (notes.isEmpty ? [] : ["(\(notes.joined(separator: ", ")))"])
    }

    /// Members of a JSON object, each with its comma.
    var json: String {
        "\"certificate_end\": \(end.map { "\($0.seconds)" } ?? "null"), "
            + "\"self_made\": \(isMadeHere), "
            + "\"certificate_warnings\": [\(warnings.map(\.json).joined(separator: ", "))], "
            + "\"certificate_problem\": \(problem?.json ?? "null"), "
    }
}
