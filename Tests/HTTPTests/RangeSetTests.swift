import HTTP
import Testing

/// Which parts of 100 bytes a `Range` asks for (RFC 9110, 14).
@Suite struct RangeSetTests {
    private func read(_ text: String, size: Int = 100) -> RangeSet {
        let bytes = Array(text.utf8)
        return RangeSet(bytes.span, 0..<bytes.count, size: size)
    }

    @Test(arguments: [
        ("bytes=0-0", 0..<1), ("bytes=0-", 0..<100), ("bytes=99-", 99..<100), ("bytes=5-9", 5..<10),
        ("bytes=90-200", 90..<100), ("bytes=-1", 99..<100), ("bytes=-500", 0..<100),
        ("BYTES=1-2", 1..<3), ("bytes= 1-2 ", 1..<3), ("bytes=,1-2,", 1..<3),
        ("bytes=1-2,200-300", 1..<3), ("bytes=0-99999999999999999999", 0..<100),
        ("bytes=-99999999999999999999", 0..<100),
    ])
    func findsOne(_ text: String, _ range: Range<Int>) {
        #expect(read(text) == .one(range))
    }

    @Test func findsMany() {
        #expect(read("bytes=0-1,5-6") == .many([0..<2, 5..<7]))
        #expect(read("bytes=5-6, 0-1 ,-3") == .many([5..<7, 0..<2, 97..<100]))
    }

    @Test(arguments: ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=99999999999999999999-"])
    func isNotSatisfied(_ text: String) {
        #expect(read(text) == .unsatisfiable)
    }

    @Test(arguments: [
        "", "bytes", "bytes=", "bytes=,", "bytes=a-b", "bytes=1", "bytes=2-1", "bytes=--1",
        "bytes=+1-2", "lines=1-2", "bytes 1-2", "bytes=1-2,x", "bytes=1-2-3", "bytes=-",
        // As many as would make the server send the same bytes again and again.
        "bytes=0-50,40-60", "bytes=0-,0-",
        "bytes="
            + (0...16).map { "\($0 * 2)-\($0 * 2)" }
            .joined(separator: ","),
    ])
    func isPassedOver(_ text: String) {
        #expect(read(text) == .whole)
    }

    @Test func anEmptyFileHasNoPart() {
        #expect(read("bytes=0-", size: 0) == .unsatisfiable)
        #expect(read("bytes=-5", size: 0) == .unsatisfiable)
    }
}
