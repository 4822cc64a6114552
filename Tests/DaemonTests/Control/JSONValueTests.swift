import Testing

@testable import Daemon

@Suite struct JSONValueTests {
    @Test(
        arguments: [
            ("null", .null), ("true", .boolean(true)), (" false\n", .boolean(false)),
            ("0", .integer(0)), ("-17", .integer(-17)), ("1.5e3", .number(1500)),
            ("9223372036854775808", .number(0x1p63)), (#""""#, .string("")),
            (#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é""#, .string("a\"\\/\u{8}\u{C}\n\r\té😀é")),
            ("[]", .array([])), ("[1, [2]]", .array([.integer(1), .array([.integer(2)])])),
            ("{}", .object([:])),
            (
                #"{"a":{"b":null} , "c":[]}"#,
                .object(["a": .object(["b": .null]), "c": .array([])])
            ),
        ] as [(String, JSONValue)])
    func reads(_ text: String, _ value: JSONValue) {
        #expect(JSONValue(text.utf8) == value)
    }

    @Test(arguments: [
        "", " ", "nul", "True", "01", "1.", ".5", "+1", "1e", "NaN", "0x1", "\"", "\"a\nb\"",
        #""\x""#, #""\u12g4""#, #""\u+123""#, #""\ud83d""#, #""\ud83dx""#, #""\ude00""#, "[1,]",
        "[1 2]", "[", "]", "{", #"{"a"}"#, #"{"a":1,}"#, #"{"a":1,"a":2}"#, "{a:1}", "1 2", "{}}",
    ])
    func refuses(_ text: String) {
        #expect(JSONValue(text.utf8) == nil)
    }

    @Test func refusesBytesThatAreNoText() {
        #expect(JSONValue([0x22, 0xFF, 0x22]) == nil)
    }

    @Test func refusesAnAbyss() {
        #expect(JSONValue(String(repeating: "[", count: 100_000).utf8) == nil)
        let deep = String(repeating: "[", count: 15) + String(repeating: "]", count: 15)
        #expect(JSONValue(deep.utf8) != nil)
    }

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
