import Configuration
import Testing

@Suite struct DiagnosticsTests {
    private func place(_ line: Int, _ column: Int = 1, file: String = "c") -> Place {
        Place(file: file, line: line, column: column)
    }

    @Test func sortsByFileLineAndColumnAndKeepsTheOrderOfOnePlace() {
        var diagnostics = Diagnostics()
        diagnostics.error(at: place(1, file: "d"), "6")
        diagnostics.error(at: place(10), "5")
        diagnostics.error(at: place(9, 2), "3")
        diagnostics.warn(at: place(9, 2), "4")
        diagnostics.error(at: place(9, 1), "2")
        diagnostics.error(at: place(2), "1")
        #expect(diagnostics.sorted().map(\.message) == ["1", "2", "3", "4", "5", "6"])
    }

    @Test func onlyErrorsForbidTheConfiguration() {
        var diagnostics = Diagnostics()
        diagnostics.warn(at: place(1), "w")
        #expect(!diagnostics.hasErrors && !diagnostics.isEmpty)
        diagnostics.error(at: place(1), "e")
        #expect(diagnostics.hasErrors)
    }

    @Test func keepsSoManyOfEachSeverityAndCountsTheRest() {
        var diagnostics = Diagnostics()
        for line in 0...Diagnostics.limit { diagnostics.warn(at: place(line), "w") }
        diagnostics.error(at: place(0), "e")
        #expect(diagnostics.omittedCount == 1)
        #expect(diagnostics.count(.warning) == Diagnostics.limit + 1)
        #expect(diagnostics.sorted().contains { $0.severity == .error })
        var all = diagnostics
        all.append(contentsOf: diagnostics)
        #expect(all.count(.warning) == 2 * (Diagnostics.limit + 1))
        #expect(all.count(.error) == 2)
        #expect(all.sorted().count == Diagnostics.limit + 2)
    }

    @Test func anErrorPrintsItsPlaceAndTheRelatedOnes() {
        var diagnostics = Diagnostics()
        diagnostics.error(
            at: place(4, 2), "x is given twice", related: [.init(at: place(3), "first given here")])
        #expect(
            diagnostics.sorted().map(\.description).joined(separator: "\n")
                == "c:4:2: error: x is given twice\nc:3:1: note: first given here")
    }
}
