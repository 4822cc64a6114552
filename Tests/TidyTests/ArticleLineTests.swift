import Testing

/// The code of the articles of the library's documentation is that of a test.
@Suite struct ArticleLineTests {
    @Test(arguments: ["SocketServer", "EchoServer", "ChatServer", "TLSService", "CallersLoop"])
    func eachLineRunsInATest(_ article: String) {
        let test = Repository.text(of: "Tests/SocketServerTests/Server/ArticleTests.swift")
        let known = Set(test.split(separator: "\n").map { $0.drop { $0 == " " } })
        let text = Repository.text(of: "Sources/SocketServer/SocketServer.docc/\(article).md")
        let blocks = text.matches(of: /(?s)```swift\n(.*?)```/)
        #expect(!blocks.isEmpty)
        for line in blocks.flatMap({ $0.output.1.split(separator: "\n") }) {
            let code = line.drop { $0 == " " }
            #expect(known.contains(code) || code == "import SocketServer", "\(article): \(code)")
        }
    }
}
