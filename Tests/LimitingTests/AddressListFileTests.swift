import NetworkTypes
import Testing

@testable import Limiting

@Suite struct AddressListFileTests {
    private func file(_ text: String) -> AddressListFile {
        let bytes = Array(text.utf8)
        return AddressListFile(bytes.span)
    }

    @Test(arguments: ["\n", "\r\n"])
    func hasOneNetworkALine(_ end: String) {
        let lines = [
            "# Ours", "", "10.0.0.0/8", "  2001:db8::/32\t# the lab", "   # nothing", "192.0.2.7#x",
        ]
        let file = file(lines.joined(separator: end))
        #expect(file.mistakes == [])
        #expect(file.list.count == 3)
        #expect(file.list.match(IPAddress(v4: 10 << 24))?.line == 3)
        #expect(file.list.match(IPAddress(v6: 0x2001_0DB8 << 32, 1))?.line == 4)
        #expect(file.list.match(IPAddress(v4: 0xC000_0207))?.line == 6)
    }

    @Test(arguments: ["", "\n", "# nothing", "\u{FEFF}", "\u{FEFF}# a mark of the byte order\n"])
    func mayBeEmpty(_ text: String) {
        let file = file(text)
        #expect(file.mistakes == [] && file.list.count == 0)
    }

    @Test(arguments: [
        ("10.0.0.0/8\n 10.0.0.1/8", 2, 2, "has bits beyond its length"),
        ("example.org", 1, 1, "a list has no names"),
        ("10.0.0.0/8\n\n10.0.0.0/8, 10.1.0.0/16", 3, 1, "must be a number from 0 to 32"),
        ("10.0.0.1, 10.0.0.2", 1, 1, "write one a line"),
        ("10.0.0.1 ; mine", 1, 1, "a comment begins with #"),
        ("; mine", 1, 1, "a comment begins with #"),
        ("10.0.0.1\n10.0\u{0}.0.2", 2, 5, "a NUL byte"),
        ("\u{FEFF}::1%lo", 1, 1, "a list has no zones"),
    ])
    func aMistakeHasItsPlace(_ text: String, _ line: Int, _ column: Int, _ part: String) throws {
        let file = file(text)
        let mistake = try #require(file.mistakes.first)
        #expect(file.mistakeCount == 1)
        #expect((mistake.line, mistake.column) == (line, column))
        #expect(mistake.message.contains(part), "\(mistake.message)")
    }

    @Test func aLineHasALimit() {
        let comment = "#" + String(repeating: "x", count: AddressListFile.lengthLimit - 1)
        #expect(file(comment).mistakes == [])
        let mistakes = file("10.0.0.1\n" + comment + "x\n10.0.0.2").mistakes
        #expect(mistakes.map(\.line) == [2])
        #expect(mistakes.first?.message == "the line is longer than 4096 bytes")
    }

    @Test func onlyTheFirstMistakesAreKept() {
        let file = file(String(repeating: "x\n", count: 1_000))
        #expect(file.mistakes.count == AddressListFile.mistakeLimit)
        #expect(file.mistakeCount == 1_000)
    }
}
