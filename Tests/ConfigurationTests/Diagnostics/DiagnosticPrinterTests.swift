import Configuration
import Testing

@Suite struct DiagnosticPrinterTests {
    /// What is printed about one place of a text, without the line of the message.
    private func excerpt(_ text: String, line: Int, column: Int) -> String {
        var diagnostics = Diagnostics()
        diagnostics.error(at: Place(file: "c", line: line, column: column), "m")
        let source = SourceText(file: "c", bytes: Array(text.utf8))
        let printed = DiagnosticPrinter(sources: [source]).text(diagnostics)
        let first = "c:\(line):\(column): error: m\n"
        #expect(printed.hasPrefix(first))
        return String(printed.dropFirst(first.count))
    }

    @Test(arguments: [
        ("[A]\nk=v\n", 2, 3, "  k=v\n    ^\n"),
        ("[A]\r\nk=v\r\n", 2, 3, "  k=v\n    ^\n"),
        ("\u{FEFF}k=v", 1, 1, "  k=v\n  ^\n"),
        ("\tk\t=v", 1, 5, "  \tk\t=v\n  \t \t ^\n"),
        ("ñé=ü", 1, 4, "  ñé=ü\n     ^\n"),
        ("a\u{1B}[31m\u{202E}b", 1, 2, "  a\u{FFFD}[31m\u{FFFD}b\n   ^\n"),
        ("k=", 1, 3, "  k=\n    ^\n"),
        ("", 1, 1, ""),
        ("k=v", 2, 1, ""),
    ])
    func showsTheLineAndACaretBelowThePlace(
        _ text: String, _ line: Int, _ column: Int, _ expected: String
    ) {
        #expect(excerpt(text, line: line, column: column) == expected)
    }

    @Test func cutsALongLineToAWindowAroundTheCaret() {
        let text = String(repeating: "é", count: 5_000) + "X" + String(repeating: "b", count: 5_000)
        let left = String(repeating: "é", count: 36)
        let right = String(repeating: "b", count: 35)
        let caret = String(repeating: " ", count: 37) + "^"
        #expect(excerpt(text, line: 1, column: 5_001) == "  …\(left)X\(right)…\n  \(caret)\n")
    }

    @Test func showsAllOfALineThatFitsTheWindow() {
        let text = String(repeating: "a", count: DiagnosticPrinter.window)
        #expect(excerpt(text, line: 1, column: 1) == "  \(text)\n  ^\n")
    }

    @Test func printsRelatedPlacesWithTheirLines() {
        let report = load(host + "Descr=a\nDESCR=b\n").report
            .split(separator: "ICS would skip this section\n  [Host1]\n  ^\n").last
        #expect(
            report == """
                c:7:1: error: DESCR is given twice
                  DESCR=b
                  ^
                c:6:1: note: first given here
                  Descr=a
                  ^

                """)
    }

    @Test func saysHowManyAreLeftOut() {
        let report = load("[Server]\n" + String(repeating: "x\n", count: 1_003)).report
        // One for the missing host, at the top.
        #expect(report.hasSuffix("… and 4 more\n"))
    }

    @Test(.timeLimit(.minutes(20))) func printsAThousandMistakesInOneLongLine() {
        let names = String(repeating: "éé,", count: 100_000)
        #expect(load("[Host1]\nHosts=" + names).report.contains("more\n"))
    }
}
