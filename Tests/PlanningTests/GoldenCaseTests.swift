import Configuration
import Glibc
import Testing

@Suite struct GoldenCaseTests {
    @Test func thereAreCases() {
        #expect(GoldenCase.all.count >= 80)
    }

    /// Compares, or with `RECORD=1` in the environment writes what is expected anew.
    @Test(arguments: GoldenCase.all) func theCaseHolds(_ golden: GoldenCase) {
        if unsafe getenv("RECORD") != nil {
            golden.record()
        } else {
            #expect(golden.run() == golden.expected)
        }
    }

    /// All lines of the cases that set a key, by its name in lower case, with their values.
    private static let values: [String: Set<String>] = {
        var values: [String: Set<String>] = [:]
        for line in GoldenCase.all.flatMap({ $0.text.split(separator: "\n") }) {
            guard let equals = line.firstIndex(of: "=") else { continue }
            let key = line[..<equals].trimming(" ").lowercased()
            let value = line[line.index(after: equals)...].trimming(" ").lowercased()
            values[key, default: []].insert(value)
        }
        return values
    }()

    private static func keys<Target>(_ table: SchemaTable<Target>) -> [[String]] {
        table.keys.map { [$0.name] + $0.aliases }
    }

    /// Each key in each of its spellings is in a case.
    @Test(
        arguments: (keys(Schema.server) + keys(Schema.host) + keys(Schema.target)).flatMap(\.self))
    func theKeyHasACase(_ name: String) {
        #expect(
            Self.values[name.lowercased()] != nil,
            "add a case to Tests/Fixtures/config, and record it")
    }

    private struct Enumeration: Sendable, CustomTestStringConvertible {
        let names: [String]
        let words: [String]
        let expectation: String
        var testDescription: String { names[0] }

        init<Target>(_ key: SchemaKey<Target>) {
            names = [key.name] + key.aliases
            words = key.words
            expectation = key.expectation
        }

        /// The numbers that may be written instead of words.
        var numbers: Range<Int> {
            guard let start = expectation.firstRange(of: "a number from 0 to "),
                let last = Int(expectation[start.upperBound...])
            else { return 0..<0 }
            return 0..<(last + 1)
        }
    }

    private static let booleans = ["True", "False", "Yes", "No", "On", "Off", "1", "0"]

    private static let enumerations =
        (Schema.server.keys.map(Enumeration.init) + Schema.host.keys.map(Enumeration.init)
        + Schema.target.keys.map(Enumeration.init)).filter { !$0.words.isEmpty }

    /// Each name of an enumeration, and its first and last number, is the value of its key in a
    /// case.
    @Test(arguments: enumerations.filter { $0.words != booleans })
    private func eachNameHasACase(_ enumeration: Enumeration) {
        let said = enumeration.names.reduce(into: Set<String>()) {
            $0.formUnion(Self.values[$1.lowercased()] ?? [])
        }
        // A set of Delphi has several.
        let items = said.union(
            said.flatMap { $0.split(whereSeparator: { "[,] ".contains($0) }).map(String.init) })
        let missing =
            enumeration.words.filter { !items.contains($0.lowercased()) }
            + [enumeration.numbers.first, enumeration.numbers.last].compactMap { $0 }
            .map(String.init).filter { !items.contains($0) }
        #expect(missing == [], "add a case to Tests/Fixtures/config, and record it")
    }

    @Test func eachWordOfABooleanHasACase() {
        let said = Self.enumerations.filter { $0.words == Self.booleans }.flatMap {
            $0.names.flatMap { Self.values[$0.lowercased()] ?? [] }
        }
        #expect(Self.booleans.filter { !said.contains($0.lowercased()) } == [])
    }

    /// Each kind of section in each of its spellings is in a case.
    @Test(arguments: [
        "[server]", "[webappserver]", "[httpappsrv]", "[proxy]", "[ftpserver]", "[sslftpserver]",
        "[icshost1]", "[host1]", "[source1]", "[target1]", "[host ", "[icshost ", "[source ",
        "[target ", "[pathmap]", "[general]", "[mailqueue]", "[restemail]",
    ])
    func theSectionHasACase(_ section: String) {
        #expect(GoldenCase.all.contains { "\n\($0.text.lowercased())".contains("\n\(section)") })
    }
}

extension Substring {
    fileprivate func trimming(_ character: Character) -> Substring {
        let start = drop { $0 == character }
        return start[
            ..<(start.lastIndex { $0 != character }.map(start.index(after:)) ?? start.startIndex)]
    }
}
