// modules: NetworkTypes TextFormats HandlerAPI Limiting Configuration Planning
// seeds: Tests/Fixtures/config/*.case

internal import Configuration
internal import HandlerAPI
internal import Planning

/// What must hold for any bytes that somebody takes for a configuration.
enum ConfigurationFuzzer {
    private static let handlers = [
        HandlerDeclaration(name: "echo"),
        HandlerDeclaration(
            name: "chargen",
            keys: [
                HandlerKey("Length", .integer(1...512), default: 72, help: "a number"),
                HandlerKey("WebDocDir", .text, default: "", help: "a reserved key"),
            ]),
    ]

    /// Files that include each other, for those that guess their names.
    private static let files = [
        "a": "[Server]\nInclude=b\n[Host9]\nHosts=*\n", "b": "Include=a\nInclude=c*\n", "c": "x",
        "d": "[Server]\nMaxClients=9\n[Host8]\nHosts=d.test\nBindIpAddr=::1\nBindNonPort=8\n",
    ]

    /// Reads, plans and prints a text.
    static func run(_ bytes: [UInt8]) {
        let (plan, loaded) = read(bytes)
        let report = DiagnosticPrinter(sources: loaded.sources).text(loaded.diagnostics)
        Fuzzing.require(
            loaded.diagnostics.hasErrors || !plan.endpoints.isEmpty, "something is served")
        Fuzzing.require(loaded.diagnostics.isEmpty || !report.isEmpty, "what is found is told")
        checkPlaces(in: loaded)
        checkPrinting(of: plan, loaded)
        checkReadingBack(loaded)
    }

    private static func read(_ bytes: [UInt8]) -> (plan: ListenPlan, loaded: LoadedConfiguration) {
        let surroundings = Surroundings(
            files: .init(
                read: { path throws(ConfigurationFileError) in
                    guard let text = files[path] else {
                        throw ConfigurationFileError(path: path, reason: .missing)
                    }
                    return Array(text.utf8)
                },
                matching: { $0 == "c*" ? ["c"] : [] }, identity: { $0 }),
            variable: { $0 == "A" ? "value" : nil })
        var loaded = LoadedConfiguration(
            bytes: bytes, file: "f", handlers: handlers, surroundings: surroundings)
        let (plan, diagnostics) = Planner.plan(loaded.settings)
        loaded.diagnostics.append(contentsOf: diagnostics)
        return (plan, loaded)
    }

    /// Every diagnostic, and every note of one, is about a line and column that is there.
    private static func checkPlaces(in loaded: LoadedConfiguration) {
        var lines: [String: [ArraySlice<UInt8>]] = [:]
        for source in loaded.sources {
            lines[source.file] = source.bytes.split(
                separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        }
        for diagnostic in loaded.diagnostics.sorted() {
            for place in [diagnostic.location] + diagnostic.related.map(\.location) {
                guard let file = lines[place.file], file.indices.contains(place.line - 1) else {
                    return Fuzzing.require(false, "\(place) is a line: \(diagnostic)")
                }
                // Just behind the line is where a missing value would stand.
                let width = file[place.line - 1].count { $0 & 0xC0 != 0x80 }
                Fuzzing.require(
                    (1...(width + 1)).contains(place.column), "\(place) is a column: \(diagnostic)")
            }
        }
    }

    private static func checkPrinting(of plan: ListenPlan, _ loaded: LoadedConfiguration) {
        Fuzzing.require(!PlanTable(plan).text.isEmpty, "a plan has a table")
        Fuzzing.require(!PlanTable(plan).json.isEmpty, "a plan has JSON")
        Fuzzing.require(!loaded.diagnostics.json.isEmpty, "diagnostics have JSON")
        let difference = PlanDifference(from: plan, to: plan)
        let listeners = difference.opened.count + difference.closed.count
        let hosts =
            difference.added.count + difference.changed.count + difference.removed.count
        Fuzzing.require(listeners + hosts == 0, "a plan does not differ from itself")
    }

    /// What has no mistakes is printed as a text that has none and says the same.
    private static func checkReadingBack(_ loaded: LoadedConfiguration) {
        // A path of Windows that is not mapped is told, not kept.
        let isWhole = loaded.settings.hosts.allSatisfy(\.troubles.isEmpty)
        guard isWhole, !loaded.diagnostics.hasErrors else { return }
        let printed = SettingsPrinter.text(loaded.settings)
        let (_, again) = read(Array(printed.utf8))
        Fuzzing.require(
            !again.diagnostics.hasErrors, "what is printed has no mistakes:\n\(printed)")
        Fuzzing.require(
            lines(SettingsPrinter.text(again.settings)) == lines(printed),
            "it reads back as it is:\n\(printed)")
    }

    /// The lines that say something: comments are not read, and so not printed again.
    private static func lines(_ text: String) -> [Substring] {
        text.split(separator: "\n").filter { !$0.hasPrefix("; no effect") && $0 != "[Server]" }
    }
}

/// What libFuzzer calls with every text that it makes up.
///
/// - Parameters:
///   - start: the first byte.
///   - count: how many there are.
/// - Returns: zero, as libFuzzer asks for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    ConfigurationFuzzer.run(unsafe Fuzzing.bytes(start, count))
    return 0
}
