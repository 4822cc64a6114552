internal import HandlerAPI
internal import Platform
internal import Serving

/// Watches that every loop makes progress, and names one that does not before systemd's watchdog ends
/// the process.
struct LoopWatch {
    /// How long a loop may be silent before it is told, where there is no watchdog; else half of its
    /// time.
    private static let patience = Duration.seconds(10)

    private let server: Server
    private let journal: EventJournal
    private let watchdog: Duration?
    private var asked: UInt64 = 0
    private var told: Set<Int> = []

    /// Watches the loops of a server.
    ///
    /// - Parameters:
    ///   - server: whose loops.
    ///   - journal: hears of a silent one.
    ///   - watchdog: how long systemd waits for a sign of life (`WatchdogSec=`), nil for ever.
    init(_ server: Server, journal: EventJournal, watchdog: Duration?) {
        self.server = server
        self.journal = journal
        self.watchdog = watchdog
    }

    /// Asks all loops for a sign of life.
    mutating func ask() {
        asked = MonotonicClock.now()
        server.ping()
    }

    /// Looks whether all have answered the last ``ask()``, and asks again when they have.
    ///
    /// - Returns: whether all made progress.
    mutating func look() -> Bool {
        let silent = server.silentLoops
        for loop in told.subtracting(silent).sorted() {
            tell(.loopAnswered, loop, "loop \(loop) makes progress again")
        }
        told.formIntersection(silent)
        guard !silent.isEmpty else {
            ask()
            return true
        }
        let silence = Duration.nanoseconds(Int64(clamping: MonotonicClock.now() - asked))
        if silence >= watchdog.map({ $0 / 2 }) ?? LoopWatch.patience {
            for loop in silent where told.insert(loop).inserted { tell(loop, silence) }
        }
        return false
    }

    private func tell(_ loop: Int, _ silence: Duration) {
        let seconds = Double(silence.nanoseconds / 1_000_000) / 1000
        let worker = server.lastServed(byLoop: loop)
        let culprit = worker.map { "handler \($0.handler) of host \($0.hostTag) was at work last" }
        let end = watchdog.map { "; systemd ends the daemon after \($0)" } ?? ""
        tell(
            .loopSilent, loop,
            "loop \(loop) has made no progress for \(seconds) s: "
                + "\(culprit ?? "no handler is known to have been at work")\(end)", worker)
    }

    private func tell(
        _ kind: EventKind, _ loop: Int, _ detail: String, _ worker: HostNumbers.Host? = nil
    ) {
        var event = ServerEvent(kind, kind == .loopSilent ? .error : .notice, detail: detail)
        event.loop = loop
        event.hostTag = worker?.hostTag
        event.handler = worker?.handler
        journal.post(event)
    }
}
