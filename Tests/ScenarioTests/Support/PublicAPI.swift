import TestSupport
import TextFormats

/// The public symbols of modules, from the compiler's symbol graphs of this build.
struct PublicAPI {
    /// A line for each symbol and each conformance, sorted.
    let lines: [String]

    /// Extracts the symbols of modules that were built with these tests.
    init(of modules: [String]) throws {
        let directory = try TemporaryDirectory()
        let headers = try Self.moduleMaps()
        var lines: Set<String> = []
        for module in modules {
            try Command.succeed(
                [
                    "swift", "symbolgraph-extract", "-module-name", module,
                    "-I", "\(Icshostd.directory)/Modules",
                    "-target", Self.target, "-output-dir", directory.path,
                    "-minimum-access-level", "public", "-skip-synthesized-members",
                    "-skip-inherited-docs", "-omit-extension-block-symbols",
                ] + headers)
            // One file for its own types, one for each module whose types it extends.
            let files = try Command.succeed([
                "find", directory.path, "-name", "\(module)*.symbols.json",
            ])
            for file in files.split(separator: "\n") {
                let text = try Command.succeed(["cat", String(file)])
                guard let graph = JSONValue(Array(text.utf8)) else {
                    throw TestFailure("\(file) is no JSON")
                }
                lines.formUnion(Self.lines(of: graph, module))
                try Command.succeed(["rm", String(file)])
            }
        }
        self.lines = lines.sorted()
    }

    /// Options for the C modules that the modules import.
    private static func moduleMaps() throws -> [String] {
        let sources =
            #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
            .joined(separator: "/") + "/Sources"
        return try Command.succeed([
            "find", "\(Icshostd.directory)/", sources, "-maxdepth", "2", "-name",
            "module.modulemap",
        ]).split(separator: "\n").flatMap { ["-Xcc", "-fmodule-map-file=\($0)"] }
    }

    private static var target: String {
        #if arch(arm64)
            "aarch64-unknown-linux-gnu"
        #else
            "x86_64-unknown-linux-gnu"
        #endif
    }

    /// Conformances that the language implies.
    private static let implied: Set = ["Copyable", "Escapable", "SendableMetatype"]

    private static func lines(of graph: JSONValue, _ module: String) -> [String] {
        var names: [String: String] = [:]
        var lines: [String] = []
        for symbol in graph["symbols"]?.items ?? [] {
            let path = (symbol["pathComponents"]?.items ?? []).compactMap(\.text)
            let name = path.joined(separator: ".")
            if let identifier = symbol["identifier"]?["precise"]?.text { names[identifier] = name }
            let declaration = (symbol["declarationFragments"]?.items ?? [])
                .compactMap { $0["spelling"]?.text }.joined()
                .split { $0 == " " || $0 == "\n" }.joined(separator: " ")
            let isOpen = symbol["accessLevel"]?.text == "open"
            lines.append("\(module) \(name): \(isOpen ? "open " : "")\(declaration)")
        }
        for relation in graph["relationships"]?.items ?? [] {
            guard relation["kind"]?.text == "conformsTo",
                let source = relation["source"]?.text, let name = names[source],
                let target = relation["target"]?.text
            else { continue }
            let fallback = relation["targetFallback"]?.text
            let conformed = fallback?.split(separator: ".").last.map(String.init) ?? names[target]
            guard let conformed, !implied.contains(conformed) else { continue }
            lines.append("\(module) \(name): conforms to \(conformed)")
        }
        return lines
    }
}

extension JSONValue {
    /// The elements of an array, nil for other values.
    fileprivate var items: [JSONValue]? {
        guard case .array(let items) = self else { return nil }
        return items
    }
}
