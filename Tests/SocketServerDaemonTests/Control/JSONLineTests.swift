import Testing
import TextFormats

@testable import SocketServerDaemon

@Suite struct JSONLineTests {
    @Test func aLineReadsAsItWasWritten() {
        var line = JSONLine(part: "x")
        line.add("text", "a\"b\n")
        line.add("none", nil as String?)
        line.add("number", 17)
        line.add("fraction", 1.2345678)
        line.add("flag", true)
        #expect(
            JSONValue(line.text.utf8)
                == .object([
                    "part": .string("x"), "text": .string("a\"b\n"), "number": .integer(17),
                    "fraction": .number(1.234568), "flag": .boolean(true),
                ]))
        #expect(line.text.filter { $0 == "\n" }.count == 1)
    }

    @Test func aLineStaysShortWhateverIsSaid() {
        var line = JSONLine(part: "x")
        for name in "abcdefghijkl" {
            line.add("\(name)", String(repeating: "\u{1}", count: 1_000_000))
        }
        #expect(line.text.utf8.count < 131_072)
    }
}
