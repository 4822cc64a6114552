import Testing
import TextFormats

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
        "1e309", "-92233e2036854775808",
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

    @Test(arguments: [
        ("a", "\"a\""), ("\"\\/", "\"\\\"\\\\/\""),
        ("\n\t\r\u{0}\u{1B}", "\"\\n\\t\\u000d\\u0000\\u001b\""),
        ("é😀", "\"é😀\""), ("\u{2028}\u{7F}", "\"\\u2028\\u007f\""),
    ])
    func writesAString(_ text: String, _ expected: String) {
        #expect(text.json == expected)
        #expect(JSONValue(expected.utf8) == .string(text))
    }
}
