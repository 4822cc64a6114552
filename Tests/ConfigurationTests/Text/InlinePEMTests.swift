import Configuration
import Testing

@Suite struct InlinePEMTests {
    @Test(arguments: ["\\n", " ", "\\r\\n", ""])
    func bringsBlocksIntoTheirForm(_ end: String) {
        let text = "-----BEGIN A B-----\(end)QUJD\(end)REVG\(end)-----END A B-----"
        #expect(
            InlinePEM.normalized(text + end + text)
                == String(
                    repeating: "-----BEGIN A B-----\nQUJDREVG\n-----END A B-----\n", count: 2))
    }

    @Test func breaksLongLines() {
        let base64 = String(repeating: "A", count: 65)
        #expect(
            InlinePEM.normalized("-----BEGIN X-----\(base64)-----END X-----")
                == "-----BEGIN X-----\n\(base64.dropLast())\nA\n-----END X-----\n")
    }

    @Test(arguments: [
        "-----BEGIN X-----", "-----BEGIN X-----QUJD-----END Y-----",
        "-----BEGIN X-----Q!D-----END X-----", "-----BEGIN X----------END X-----",
        "-----BEGIN X-----QUJD-----END X-----tail",
    ])
    func refusesWhatIsNoBlockAndDoesNotShowIt(_ text: String) {
        #expect(InlinePEM.normalized(text) == nil)
        let report = load(host + "BindSslPort=1\nSslKey=\(text)\n").report
        #expect(report.contains("c:7:8: error: SslKey must be a path or whole PEM blocks"))
        #expect(!report.contains("BEGIN"))
    }
}
