import Configuration
import Testing

@Suite struct SuggestionTests {
    private static let candidates = ["BindNonPort", "BindSslPort", "Hosts", "HostTag", "SslInter"]

    @Test(arguments: [
        ("BindNonPrt", "BindNonPort"), ("bindsslport", "BindSslPort"), ("Host", "Hosts"),
        ("SslInters", "SslInter"), ("HostTga", "HostTag"), ("BidnNonPort", "BindNonPort"),
    ])
    func findsWhatIsNear(_ word: String, _ expected: String) {
        #expect(Suggestion.nearest(to: word, among: Self.candidates) == expected)
    }

    @Test(arguments: ["", "x", "Colour", "BindPort80", String(repeating: "a", count: 100_000)])
    func findsNothingForWhatIsFar(_ word: String) {
        #expect(Suggestion.nearest(to: word, among: Self.candidates) == nil)
    }

    @Test func aWordWithoutACommonLetterIsFar() {
        #expect(Suggestion.nearest(to: "x", among: ["1", "0"]) == nil)
    }

    @Test func aHintEndsAMessage() {
        #expect(Suggestion.hint(for: "ecko", among: ["echo"]) == "; did you mean \"echo\"?")
        #expect(Suggestion.hint(for: "web", among: ["echo"]) == "")
    }
}
