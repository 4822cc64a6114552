import Testing

/// The worked example of a document is about code that is there.
@Suite struct ExampleTests {
    @Test func theFilesOfTheWorkedExampleHaveWhatItNames() throws {
        let rows = Repository.text(of: "docs/ADDING-A-KEY.md").split(separator: "\n")
            .compactMap { $0.firstMatch(of: /^\| `(Sources\/.+?)` \| `(.+?)` \|$/) }
        #expect(rows.count > 5)
        for row in rows {
            let text = Repository.text(of: String(row.1))
            #expect(text.contains(row.2), "\(row.1) has no \(row.2)")
        }
    }
}
