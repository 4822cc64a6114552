import Testing

@testable import Configuration

@Suite struct INIScannerTests {
    private func scan(_ text: String) -> (document: INIDocument, diagnostics: Diagnostics) {
        var diagnostics = Diagnostics()
        let source = SourceText(file: "c", bytes: Array(text.utf8))
        return (INIScanner.scan(source, into: &diagnostics), diagnostics)
    }

    @Test(arguments: [
        ("[A]\nk=v", "1:1 A 2:1 k 2:3 v"),
        ("\u{FEFF}[A]\nk=v\n", "1:1 A 2:1 k 2:3 v"),
        ("\r\n[A]\r\nk=v\r\n", "2:1 A 3:1 k 3:3 v"),
        ("  [ A b ]\t\n\tk k = v v \n", "1:3 A b 2:2 k k 2:8 v v"),
        ("[A]\nk=a=b\n", "1:1 A 2:1 k 2:3 a=b"),
        ("[A]\nk=\n", "1:1 A 2:1 k 2:3 "),
        ("[A]\nk =  \n", "1:1 A 2:1 k 2:4 "),
        ("[A]\n; k=v\n  # k=v\n\n", "1:1 A"),
        ("[A]\nk=v ; w # x\n", "1:1 A 2:1 k 2:3 v ; w # x"),
        ("[A]\nk=\"v\"\n", "1:1 A 2:1 k 2:3 \"v\""),
        ("[A]\nñé = ü\n", "1:1 A 2:1 ñé 2:6 ü"),
        ("; no section\n", ""),
        ("", ""),
    ])
    func findsEveryTokenWithItsPlace(_ text: String, _ expected: String) {
        let (document, diagnostics) = scan(text)
        #expect(diagnostics.isEmpty)
        let tokens = document.sections.flatMap { section in
            [section.name] + section.entries.flatMap { [$0.key, $0.value] }
        }
        let found = tokens.map { "\($0.location.line):\($0.location.column) \($0.value)" }
        #expect(found.joined(separator: " ") == expected)
    }

    @Test(arguments: [
        ("k=v\n", "c:1:1: error: \"k\" must be in a section such as [Server]"),
        ("[A\nk=v\n", "c:1:1: error: a section must end with \"]\", not \"[A\""),
        ("[A] b\n", "c:1:5: error: a line must end after its section, not continue with \"b\""),
        (" [ ]\n", "c:1:2: error: a section must have a name between [ and ]"),
        (
            "[A]\n hello\n",
            "c:2:2: error: a line must be a [section], key=value or a comment, not \"hello\""
        ),
        ("[A]\n=v\n", "c:2:1: error: a key must come before \"=\""),
        ("[A]\nk=\0\n", "c:2:3: error: the file is not text: it contains a NUL byte"),
    ])
    func namesThePlaceOfBadSyntax(_ text: String, _ expected: String) {
        #expect(scan(text).diagnostics.sorted().map(\.description) == [expected])
    }

    @Test func readsWhatIsNotUTF8AsWindows1252() {
        let bytes = Array("[Host1]\nDescr=caf".utf8) + [0x80, 0x9D, 0xE9, 0x0A]
        let loaded = LoadedConfiguration(bytes: bytes, file: "c", handlers: [])
        #expect(
            loaded.diagnostics.sorted().contains {
                $0.description
                    == "c:2:10: note: the file is not UTF-8 here: it is read as Windows-1252"
            })
        #expect(loaded.settings.hosts.first?.description == "caf€\u{9D}é")
    }

    @Test func tellsEveryBadLine() {
        #expect(scan("a\nb=1\n[A]\nc\n=d\n").diagnostics.count(.error) == 4)
    }

    @Test(.timeLimit(.minutes(20))) func readsALineOfTenMegabytes() {
        let (document, diagnostics) = scan(
            "[A]\nk=" + String(repeating: "x", count: 10 << 20))
        #expect(diagnostics.isEmpty)
        #expect(document.sections.first?.entries.first?.value.value.utf8.count == 10 << 20)
    }
}
