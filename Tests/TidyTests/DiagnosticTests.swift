import Testing

/// Each text that a diagnostic may have is seen by somebody.
@Suite struct DiagnosticTests {
    /// Files whose texts are not those of diagnostics about a configuration.
    private static let others = [
        "Schema+", "ManualPage", "SampleConfiguration", "PlanTable", "Explanation",
        "PlanDifference", "CertificateFacts", "Diagnostics+JSON",
        "DiagnosticPrinter",
        // Of files on the disk; held by ConfigurationFileTests.
        "ConfigurationFile",
        // Of bytes that are no text; held by FileFormatTests.
        "FileFormat",
        // Of hosts that are prepared; held by ReloaderTests.
        "HandlerRegistry",
        // Of handlers, for their programmers; held by HandlerMistakeTests.
        "HandlerDeclaration+Mistakes",
        // Of handlers that handlers make; held by DelegateTests.
        "HandlerDeclaration+Values", "DelegateMaker",
    ]

    /// What the golden cases expect, and the manual page, which has the types that take any text.
    private static let told: String = {
        let cases = Repository.names(in: "Tests/Fixtures/config").map { name in
            let text = String(
                decoding: Repository.bytes(of: "Tests/Fixtures/config/\(name)"), as: UTF8.self)
            return text.firstRange(of: "\n----\n").map { text[$0.upperBound...] } ?? ""
        }
        let manual = String(
            decoding: Repository.bytes(of: "docs/man/icshostd.conf.5"), as: UTF8.self)
        return cases.joined(separator: "\n") + manual.replacing("\\-", with: "-")
    }()

    private static let files = Repository.sources.filter { file in
        ["Configuration", "Planning"].contains(file.module)
            && !others.contains { file.stem.hasPrefix($0) }
    }

    /// What no case can have: a configuration without files is IncludeTests', lists are for handlers
    /// of others, and a value that is refused without a word is a fault of ours.
    private static let elsewhere: Set = [
        "Include has no files to read here", "texts by comma", "not a value",
    ]

    /// A text of two words or more between its interpolations, so not the names of keys.
    @Test(arguments: files) func eachTextIsInAGoldenCase(_ file: SwiftFile) {
        let texts = file.texts.filter { $0.split(separator: " ").count > 1 }
        #expect(
            texts.filter { !Self.told.contains($0) && !Self.elsewhere.contains($0) } == [],
            "add a case to Tests/Fixtures/config, and record it")
    }
}
