import Configuration
import Glibc
import Planning
import Testing

/// The files `Tests/Fixtures/config/*.case`: a configuration, a line `----`, what `check` says of
/// it and, unless that has errors, what `plan` prints; `convert` where the first line asks for the
/// settings.
@Suite struct GoldenCaseTests {
    private static let folder =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
        .joined(separator: "/") + "/Fixtures/config"

    private static let names: [String] = {
        guard let directory = unsafe opendir(folder) else { return [] }
        defer { _ = unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".case") { names.append(name) }
        }
        return names.sorted()
    }()

    @Test func thereAreCases() {
        #expect(Self.names.count >= 80)
    }

    /// Compares, or with `RECORD=1` in the environment writes what is expected anew.
    @Test(arguments: names) func theCaseHolds(_ name: String) throws {
        let path = "\(Self.folder)/\(name)"
        let text = String(decoding: try ConfigurationFile.read(path: path), as: UTF8.self)
        let separator = try #require(text.firstRange(of: "\n----\n"))
        let configuration = text[..<separator.lowerBound] + "\n"
        let (plan, loaded) = plan(String(configuration))
        let printed =
            configuration.hasPrefix("; print settings\n")
            ? SettingsPrinter.text(loaded.settings) : PlanTable(plan).text
        let found = loaded.report + (loaded.diagnostics.hasErrors ? "" : printed)
        if unsafe getenv("RECORD") != nil, let file = unsafe fopen(path, "w") {
            _ = unsafe fputs("\(configuration)----\n\(found)", file)
            _ = unsafe fclose(file)
        } else {
            #expect(found == text[separator.upperBound...])
        }
    }
}
