import Configuration
import Planning

/// The place in a configuration; the testing library has a type of the same name.
typealias Place = Configuration.SourceLocation

/// Reads and plans a text as the file `c`, and collects what there is to tell about it.
func plan(_ text: String) -> (plan: ListenPlan, loaded: LoadedConfiguration) {
    var loaded = LoadedConfiguration(
        bytes: Array(text.utf8), file: "c", handlers: GoldenCase.handlers)
    let (plan, diagnostics) = Planner.plan(loaded.settings)
    loaded.diagnostics.append(contentsOf: diagnostics)
    return (plan, loaded)
}

/// A host section on 127.0.0.1 with the given lines.
func section(_ name: String, _ lines: String...) -> String {
    "[\(name)]\nBindIpAddr=127.0.0.1\nHandler=echo\n" + lines.map { "\($0)\n" }.joined()
}

extension LoadedConfiguration {
    /// The errors and warnings, without notes.
    var told: [String] {
        diagnostics.sorted().filter { $0.severity != .note }.map(\.description)
    }
}
