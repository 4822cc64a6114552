import Testing

/// The version is in one place of the sources, and is the one that CHANGES describes.
@Suite struct VersionTests {
    private static let home = "Sources/TextFormats/ProgramIdentity.swift"

    @Test func theVersionIsThatOfTheLastRelease() throws {
        let code = Repository.text(of: Self.home)
        let version = try #require(
            code.firstMatch(of: /packageVersion = "(\d+\.\d+\.\d+)"/).map { String($0.output.1) })
        let changes = Repository.text(of: "docs/CHANGES.md")
        let headings = changes.matches(of: /(?m)^## \[(.+?)\]/).map { String($0.output.1) }
        #expect(headings.prefix(2) == ["Unreleased", String(version)])
        for file in Repository.sources where file.path != Self.home {
            #expect(!Repository.text(of: file.path).contains(version), "\(file.path)")
        }
    }
}
