import Testing

/// The guide for those who write handlers, and the example that it makes.
@Suite struct GuideTests {
    @Test func theGuideMakesTheExample() throws {
        let guide = String(
            decoding: Repository.bytes(of: "docs/WRITING-A-HANDLER.md"), as: UTF8.self)
        let blocks = guide.matches(of: /`([^`\n]+)`:\n\n```\w+\n([^`]*)```/)
        let paths = blocks.map { String($0.1) }
        #expect(
            paths == [
                "Package.swift", "Sources/GreetingHandler/Greeting.swift",
                "Sources/greeting/main.swift", "Tests/GreetingTests/GreetingTests.swift",
                "greeting.conf",
            ])
        for block in blocks {
            let file = Repository.bytes(of: "Examples/Greeting/\(block.1)")
            #expect(String(decoding: file, as: UTF8.self) == String(block.2), "\(block.1)")
        }
    }
}
