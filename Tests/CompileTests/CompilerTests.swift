import Testing

/// What the compiler accepts of handlers, and what it rejects: safe code cannot use a client off its loop.
@Suite struct CompilerTests {
    private static let rejected = ["Rejected", "Rejected/Keys"].flatMap(
        SourceProgram.all)
    private static let accepted = SourceProgram.all(in: "Accepted")
    private static let upcoming = ["-enable-upcoming-feature", "NonisolatedNonsendingByDefault"]

    @Test func thereArePrograms() {
        #expect(Self.rejected.count >= 15)
        #expect(Self.accepted.count >= 6)
    }

    @Test(arguments: rejected)
    func theCompilerRejects(_ program: SourceProgram) throws {
        let (expected, found) = (program.expected, try program.compile())
        #expect(!expected.isEmpty, "the program has no comment // error: …")
        #expect(Set(found.map(\.line)) == Set(expected.map(\.line)), "\(found)")
        for one in expected {
            #expect(
                found.contains { $0.line == one.line && $0.message.contains(one.message) },
                "\(one), but found \(found)")
        }
    }

    @Test(arguments: accepted, [[], upcoming])
    func theCompilerAccepts(_ program: SourceProgram, _ flags: [String]) throws {
        #expect(try program.compile(flags) == [])
    }
}
