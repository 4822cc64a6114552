import Testing

@testable import SocketServerDaemon

@Suite struct PaintTests {
    @Test(arguments: [
        (
            "a.conf:1:2: error: bad\n",
            "\u{1B}[1ma.conf:1:2: \u{1B}[0m\u{1B}[31merror\u{1B}[0m: bad\n"
        ),
        (
            "a.conf:1:2: warning: an error: x",
            "\u{1B}[1ma.conf:1:2: \u{1B}[0m\u{1B}[33mwarning\u{1B}[0m: an error: x"
        ),
        ("note: so", "\u{1B}[36mnote\u{1B}[0m: so"),
        ("  k=error: x\n    ^\n", "  k=error: x\n    \u{1B}[32m^\u{1B}[0m\n"),
        ("  \t^\n", "  \t\u{1B}[32m^\u{1B}[0m\n"),
        ("notice: nothing\n\n", "notice: nothing\n\n"), ("", ""),
    ])
    func firstWordsAndCaretsHaveColours(_ text: String, _ painted: String) {
        #expect(Paint.painted(text) == painted)
    }
}
