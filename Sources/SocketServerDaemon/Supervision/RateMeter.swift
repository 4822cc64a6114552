/// How fast a counter grows, from one look a second.
struct RateMeter {
    /// The seconds that are remembered.
    static let memory = 60

    private var samples: [(nanoseconds: UInt64, count: Int)] = []

    /// Takes a look; those within the same second count once.
    mutating func note(_ count: Int, at nanoseconds: UInt64) {
        if let last = samples.last, nanoseconds < last.nanoseconds + 950_000_000 { return }
        samples.append((nanoseconds, count))
        if samples.count > RateMeter.memory + 1 { samples.removeFirst() }
    }

    /// How much came in a second on average.
    ///
    /// - Parameters:
    ///   - count: the counter now.
    ///   - nanoseconds: the time now.
    ///   - seconds: how far to look back, at most ``memory``.
    /// - Returns: 0 before there are two looks to compare; of less than a second, what came in it.
    func rate(_ count: Int, at nanoseconds: UInt64, over seconds: Int) -> Double {
        let start = nanoseconds.subtractingReportingOverflow(UInt64(seconds + 1) * 1_000_000_000)
        let earliest = start.overflow ? 0 : start.partialValue
        guard let sample = samples.first(where: { $0.nanoseconds >= earliest }),
            sample.nanoseconds < nanoseconds
        else { return 0 }
        // Two clients in the first tenth of a second are not twenty in each.
        let span = max(nanoseconds - sample.nanoseconds, 1_000_000_000)
        return Double(count - sample.count) * 1e9 / Double(span)
    }
}
