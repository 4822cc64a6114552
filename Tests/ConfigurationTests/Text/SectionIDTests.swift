import Configuration
import Testing

@Suite struct SectionIDTests {
    @Test(arguments: [
        ("Host1", "HOST1", true), ("Host  a", "host a", true), ("Host1", "Host2", false),
        ("Host a", "Hosta", false),
    ])
    func spellingsOfOneSectionAreEqual(_ one: String, _ other: String, _ areEqual: Bool) {
        #expect((SectionID(one) == SectionID(other)) == areEqual)
        #expect((SectionID(one).hashValue == SectionID(other).hashValue) == areEqual)
        #expect("\(SectionID(one))" == one)
    }
}
