import Testing
import TextFormats

@Suite struct CivilDateTests {
    @Test(arguments: [
        (0, "1970-01-01 00:00:00"), (951_782_400, "2000-02-29 00:00:00"),
        (-62_135_596_800, "0001-01-01 00:00:00"), (1_800_000_000, "2027-01-15 08:00:00"),
        (.max, "9999-12-31 23:59:59"), (.min, "0001-01-01 00:00:00"),
    ])
    func writesISO8601(_ seconds: Int, _ text: String) {
        let date = CivilDate(secondsSince1970: seconds)
        #expect("\(date.isoDay) \(date.isoTime)" == text)
    }

    @Test func everyDayHasItsDate() {
        var previous = CivilDate(secondsSince1970: -86_400 * 400)
        var wrong: [Int] = []
        for day in -399...80_000 {
            let date = CivilDate(secondsSince1970: day * 86_400 + 86_399)
            let follows = date.day == previous.day + 1 || date.day == 1
            let isSame = date.secondsSince1970 == day * 86_400 + 86_399
            if !follows || !isSame || date.weekday != (previous.weekday + 1) % 7 {
                wrong.append(day)
            }
            previous = date
        }
        #expect(wrong == [])
    }
}
