package import Configuration
internal import TextFormats

extension Diagnostics {
    /// All diagnostics as a JSON object with a final line feed.
    package var json: String { "{\n\(members)\n}\n" }

    /// Appends all diagnostics to a JSON object whose members are on separate lines.
    package func added(to object: String) -> String {
        "\(object.dropLast("\n}\n".count)),\n\(members)\n}\n"
    }

    /// The counts and all diagnostics as members of a JSON object.
    private var members: String {
        let items = sorted().map { diagnostic in
            let related = diagnostic.related.map {
                "{\($0.location.json), \"message\": \($0.message.json)}"
            }
            return "    {\"severity\": \(diagnostic.severity.rawValue.json), "
                + "\(diagnostic.location.json), \"message\": \(diagnostic.message.json), "
                + "\"related\": [\(related.joined(separator: ", "))]}"
        }
        let list = items.isEmpty ? "[]" : "[\n\(items.joined(separator: ",\n"))\n  ]"
        return """
              "errors": \(count(.error)),
              "warnings": \(count(.warning)),
              "notes": \(count(.note)),
              "diagnostics": \(list)
            """
    }
}

extension SourceLocation {
    fileprivate var json: String {
        "\"file\": \(file.json), \"line\": \(line), \"column\": \(column)"
    }
}
