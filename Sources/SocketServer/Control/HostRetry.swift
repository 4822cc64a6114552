internal import Configuration

/// When hosts that are down are retried: after a second, then after twice as long each time, up to a
/// minute.
struct HostRetry {
    /// The first wait, in nanoseconds.
    static let shortest = UInt64(1_000_000_000)
    /// The longest wait, in nanoseconds.
    static let longest = UInt64(60_000_000_000)

    /// Creates an empty schedule.
    init() {}

    private struct Entry {
        var wait = HostRetry.shortest
        var due: UInt64
    }

    /// By section.
    private var entries: [SectionID: Entry] = [:]

    /// When the next one is due, on the clock of the loops; nil when none is down.
    var next: UInt64? { entries.values.map(\.due).min() }

    /// The hosts that are due.
    func due(at now: UInt64) -> Set<SectionID> {
        Set(entries.filter { $1.due <= now }.keys)
    }

    /// Makes a host due at once: the reason why it is down may be gone.
    mutating func hurry(_ section: SectionID, at now: UInt64) {
        entries[section]?.due = now
    }

    /// Updates the waits after a try.
    ///
    /// - Parameters:
    ///   - troubled: the sections in trouble.
    ///   - tried: those that were retried just now; nil for all, after a start or a reload.
    ///   - now: the time.
    mutating func note(_ troubled: Set<SectionID>, tried: Set<SectionID>?, at now: UInt64) {
        let before = entries
        entries = [:]
        for section in troubled {
            guard var entry = tried == nil ? nil : before[section] else {
                entries[section] = Entry(due: now + HostRetry.shortest)
                continue
            }
            if tried?.contains(section) == true {
                entry.wait = min(entry.wait * 2, HostRetry.longest)
                entry.due = now + entry.wait
            }
            entries[section] = entry
        }
    }
}
