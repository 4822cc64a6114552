import TLS
import Testing

@Suite struct ServerNameExtensionTests {
    /// The bytes of the extension for one name of type host_name.
    static func encoded(_ name: [UInt8]) -> [UInt8] {
        func length(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 255)] }
        return length(name.count + 3) + [0] + length(name.count) + name
    }

    private func parse(_ bytes: [UInt8]) -> ServerNameExtension { ServerNameExtension(bytes.span) }

    private func text(_ bytes: [UInt8]) -> String? {
        if case .name(let text, _) = parse(bytes) { text } else { nil }
    }

    private func hash(_ name: String) -> UInt64? {
        if case .name(_, let hash) = parse(Self.encoded([UInt8](name.utf8))) { hash } else { nil }
    }

    @Test(arguments: ["a", "www.example.org", "WWW.Example.ORG.", "*", "192.0.2.1"])
    func handsOverTheNameAsSpelled(_ name: String) {
        #expect(text(Self.encoded([UInt8](name.utf8))) == name)
    }

    @Test func hashIgnoresCaseOnly() {
        #expect(hash("WWW.Example") == hash("www.example"))
        #expect(hash("www.example") != hash("www.examplf"))
        #expect(hash("@") != hash("`"))
    }

    @Test func longestPossibleNameIsRead() {
        #expect(text(Self.encoded([UInt8](repeating: 97, count: 255)))?.utf8.count == 255)
    }

    @Test func refusesWhatCannotBeAName() {
        #expect(
            parse(Self.encoded([UInt8](repeating: 97, count: 300)))
                == .illegal("server name of 300 bytes, at most 255 are possible"))
        #expect(parse(Self.encoded([97, 0, 98])) == .illegal("server name with a NUL byte"))
    }

    @Test func whatIsNoUTF8IsAnUnknownName() {
        #expect(text(Self.encoded([0xff, 0xfe])) == "\u{fffd}\u{fffd}")
    }

    @Test(arguments: [
        [], [0], [0, 0], [0, 3, 0, 0, 0], [0, 4, 0, 0, 0, 97], [0, 4, 0, 0, 2, 97],
        [0, 4, 1, 0, 1, 97], [0, 5, 0, 0, 1, 97], [0, 4, 0, 0, 1, 97, 98],
        [255, 255, 0, 255, 255, 1],
        // A second entry.
        [0, 8, 0, 0, 1, 97, 0, 0, 1, 98],
    ])
    func refusesMalformedBytes(_ bytes: [UInt8]) {
        #expect(parse(bytes) == .malformed("malformed server_name extension"))
    }

    @Test func survivesAnyBytes() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            var bytes = Self.encoded([UInt8]((0..<Int.random(in: 0...8)).map { _ in 97 }))
            bytes[Int.random(in: 0..<bytes.count)] = generator.next()
            _ = parse([UInt8](bytes.prefix(Int.random(in: 0...bytes.count))))
        }
    }
}
