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

    @Test(arguments: [
        "a", "www.example.org", "WWW.Example.ORG.", "_sip.x-y.test", "192.0.2.1", "2001:db8::1",
        "xn--bcher-kva.example",
    ])
    func handsOverTheNameAsSpelled(_ name: String) {
        #expect(text(Self.encoded([UInt8](name.utf8))) == name)
    }

    @Test func hashIgnoresCaseOnly() {
        #expect(hash("WWW.Example") == hash("www.example"))
        #expect(hash("www.example") != hash("www.examplf"))
        #expect(hash("a-b") != hash("a_b"))
    }

    @Test func theLongestPossibleNameIsRead() {
        let label = String(repeating: "a", count: 63) + "."
        let longest = label + label + label + String(repeating: "a", count: 61)
        #expect(text(Self.encoded(Array(longest.utf8))) == longest)
        #expect(text(Self.encoded(Array("\(longest).".utf8))) == "\(longest).")
        #expect(text(Self.encoded(Array("\(longest)a".utf8))) == nil)
    }

    @Test func refusesWhatCannotBeAName() {
        #expect(
            parse(Self.encoded([UInt8](repeating: 97, count: 300)))
                == .illegal("server name of 300 bytes, at most 255 are possible"))
        #expect(parse(Self.encoded([97, 0, 98])) == .illegal("server name with a NUL byte"))
    }

    /// What would mean something to a shell, a terminal, or who reads lines, and what DNS cannot have.
    @Test(arguments: [
        ("a\nb", "a\\x0ab"), ("\u{1B}[2J", "\\x1b[2J"), ("$(id)", "$(id)"), ("a b", "a b"),
        ("a;b", "a;b"), ("\"\\", "\\\"\\\\"), ("b\u{FC}cher.test", "b\\xc3\\xbccher.test"),
        ("\u{9B}2J", "\\xc2\\x9b2J"), ("a..b", "a..b"), (".", "."), (".a", ".a"), ("-a", "-a"),
        ("a-.b", "a-.b"), ("*", "*"), ("*.a.test", "*.a.test"), ("a/b", "a/b"), ("a:80", "a:80"),
        ("[::1]", "[::1]"), ("fe80::1%lo", "fe80::1%lo"), ("1.2.3.400", "1.2.3.400"),
        ("a.1", "a.1"), ("1", "1"),
    ])
    func refusesWhatIsNoHostName(_ name: String, _ shown: String) {
        #expect(
            parse(Self.encoded(Array(name.utf8)))
                == .illegal("server name \"\(shown)\" is no host name"))
    }

    @Test func showsTheBeginningOfALongName() {
        let shown = String(repeating: "!", count: 60)
        #expect(
            parse(Self.encoded([UInt8](repeating: 33, count: 200)))
                == .illegal("server name \"\(shown)…\" is no host name"))
        #expect(
            parse(Self.encoded([0xFF, 0xFE]))
                == .illegal("server name \"\\xff\\xfe\" is no host name"))
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
