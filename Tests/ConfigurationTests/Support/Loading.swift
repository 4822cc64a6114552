import Configuration
import HandlerAPI

/// The handlers of the tests; `chargen` has a key of every type.
let handlers = [
    HandlerDeclaration(name: "echo"),
    HandlerDeclaration(
        name: "chargen",
        keys: [
            HandlerKey("Greeting", .text, default: "hello", help: "A text."),
            HandlerKey("LineLength", .integer(1...512), default: 72, help: "A number."),
            HandlerKey("Loud", .boolean, default: false, help: "A Boolean."),
            HandlerKey(
                "Pause", .duration(upTo: .seconds(60)), default: .seconds(1), help: "A time."),
            HandlerKey("Style", .choice(["plain", "fancy"]), default: "plain", help: "A word."),
        ]),
]

/// A host section without mistakes, to which a test adds lines.
let host = "[Host1]\nHosts=a.test\nBindIpAddr=127.0.0.1\nBindNonPort=7000\nHandler=echo\n"

/// Reads a text as the file `c`.
func load(_ text: String) -> LoadedConfiguration {
    LoadedConfiguration(bytes: Array(text.utf8), file: "c", handlers: handlers)
}

/// The errors and warnings of a text, a line for each place.
func diagnose(_ text: String) -> [String] {
    load(text).diagnostics.sorted().filter { $0.severity != .note }.flatMap {
        $0.description.split(separator: "\n").map(String.init)
    }
}

/// The notes of a text.
func notes(_ text: String) -> [String] {
    load(text).diagnostics.sorted().filter { $0.severity == .note }.map(\.description)
}

/// The only diagnostic of a host section with one more line, which is line 6, without its place.
func diagnose(hostLine line: String) -> String? {
    let lines = diagnose(host + line + "\n")
    return lines.count == 1 ? lines[0] : lines.joined(separator: "\n")
}

/// The place in a configuration; the testing library has a type of the same name.
typealias Place = Configuration.SourceLocation

extension LoadedConfiguration {
    /// The errors and warnings, without notes.
    var told: [String] {
        diagnostics.sorted().filter { $0.severity != .note }.map(\.description)
    }
}
