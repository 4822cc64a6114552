import Configuration
import Planning
import TestSupport
import Testing

/// A reader of files that others write must take anything.
@Suite struct MutationTests {
    private static let text =
        "\u{FEFF}[Server]\r\nWorkers=2\r\nDrainTimeout=5s\n; comment é\n"
        + section("Host1", "Hosts=a.test, *.b.test,::1", "BindSslPort=443", "SslSecLevel=5")
        + section("IcsHost2", "Hosts=c.test", "BindIpAddr2=::", "BindNonPort=auto", "Descr=ü = 1")

    @Test(arguments: 0..<64)
    func everyTextGivesAPlanOrAMistakeWithAPlace(_ seed: UInt64) {
        var numbers = SplitMix(seed: seed)
        var bytes = Array(Self.text.utf8)
        for _ in 0..<20 {
            let (from, to) = (
                Int.random(in: 0..<bytes.count, using: &numbers),
                Int.random(in: 0..<bytes.count, using: &numbers)
            )
            switch numbers.next() % 4 {
            case 0: bytes[from] = UInt8(truncatingIfNeeded: numbers.next())
            case 1: bytes.swapAt(from, to)
            case 2: bytes.insert(contentsOf: bytes[min(from, to)...].prefix(30), at: from)
            default: bytes.removeSubrange(from..<min(bytes.count - 1, from + 9))
            }
            var loaded = LoadedConfiguration(bytes: bytes, file: "c", handlers: [])
            let (plan, diagnostics) = Planner.plan(loaded.settings)
            loaded.diagnostics.append(contentsOf: diagnostics)
            #expect(loaded.diagnostics.hasErrors || !plan.endpoints.isEmpty)
            #expect(!loaded.diagnostics.hasErrors || loaded.report.contains("c:"))
            #expect(!PlanTable(plan).text.isEmpty && !PlanTable(plan).json.isEmpty)
            let lines = 1 + bytes.count { $0 == UInt8(ascii: "\n") }
            for diagnostic in loaded.diagnostics.sorted() {
                #expect((1...lines).contains(diagnostic.location.line))
                #expect(diagnostic.location.column >= 1)
            }
        }
    }
}
