import Serving
import Testing

@Suite struct HostConditionsTests {
    @Test func conditionsLastUntilTheyAreCleared() {
        let conditions = HostConditions()
        #expect(conditions.reasons.isEmpty)
        conditions.raise("b", "no target answers")
        conditions.raise("a", "open: Too many open files")
        conditions.raise("a", "open: Permission denied")
        #expect(conditions.reasons == ["open: Permission denied", "no target answers"])
        conditions.clear("a")
        #expect(conditions.reasons == ["no target answers"])
        conditions.clear("b")
        #expect(conditions.reasons.isEmpty)
    }

    @Test func aConditionEndsByItself() {
        let conditions = HostConditions()
        conditions.raise("a", "gone at once", for: .zero)
        conditions.raise("b", "here for long", for: .seconds(1 << 60))
        #expect(conditions.reasons == ["here for long"])
    }

    @Test func subjectsAreBounded() {
        let conditions = HostConditions()
        for number in 0..<1_000 { conditions.raise("\(number)", "x") }
        #expect(conditions.reasons.count == HostConditions.limit)
    }
}
