import Testing
import TextFormats

@Suite struct PaddedTests {
    @Test(arguments: [(0, 2, "00"), (7, 2, "07"), (42, 2, "42"), (123, 2, "123"), (5, 0, "5")])
    func padsWithZeros(_ number: Int, _ count: Int, _ text: String) {
        #expect(number.padded(to: count) == text)
    }

    @Test func writesOtherBases() {
        #expect(0o640.padded(to: 4, radix: 8) == "0640")
        #expect(0xAB.padded(to: 4, radix: 16) == "00ab")
        #expect(0xAB.padded(to: 2, radix: 16, uppercase: true) == "AB")
    }
}
