import Testing

@testable import Handlers

/// Words of a line, as a shell splits them.
@Suite struct CommandWordsTests {
    @Test(
        arguments: [
            ("", []), ("  a\tb ", ["a", "b"]), ("a\"b c\"d", ["ab cd"]), ("\"\"", [""]),
            ("'a\\\"b'", ["a\\\"b"]), ("\"a\\\"b\\\\c\\d\"", ["a\"b\\c\\d"]), ("a\\ b", ["a b"]),
            ("a\\", ["a\\"]),
            ("'a'\"b\"", ["ab"]),
        ] as [(String, [String])])
    func quotesAndBackslashesJoinWords(_ line: String, _ words: [String]) throws {
        #expect(try CommandWords.split(line) == words)
    }

    @Test(arguments: ["'a", "a \"b"]) func aQuoteNeedsItsEnd(_ line: String) {
        #expect(throws: CommandWords.Unterminated.self) { try CommandWords.split(line) }
    }
}
