internal import HandlerAPI
internal import Platform
internal import Serving

/// Checks that every loop makes progress, and logs one that does not before systemd's watchdog kills the
/// process.
struct LoopWatch {
    /// How long a loop may be silent before that is logged, without a watchdog; with one, half of its
    /// time.
    private static let patience = Duration.seconds(10)

    private let server: Server
    private let journal: EventJournal
    private let watchdog: Duration?
    private var asked: UInt64 = 0
    private var reported: Set<Int> = []

    /// Watches the loops of a server.
    ///
    /// - Parameters:
    ///   - server: whose loops.
    ///   - journal: gets the records.
    ///   - watchdog: how long systemd waits between two pings (`WatchdogSec=`), nil for ever.
    init(_ server: Server, journal: EventJournal, watchdog: Duration?) {
        self.server = server
        self.journal = journal
        self.watchdog = watchdog
    }

    /// Pings all loops.
    mutating func ping() {
        asked = MonotonicClock.now()
        server.ping()
    }

    /// Checks whether all have answered the last ``ping()``, and pings them again when they have.
    ///
    /// - Returns: whether all made progress.
    mutating func check() -> Bool {
        let silent = server.silentLoops
        for loop in reported.subtracting(silent).sorted() {
            log(.loopAnswered, loop, "loop \(loop) makes progress again")
        }
        reported.formIntersection(silent)
        guard !silent.isEmpty else {
            ping()
            return true
        }
        let silence = Duration.nanoseconds(Int64(clamping: MonotonicClock.now() - asked))
        if silence >= watchdog.map({ $0 / 2 }) ?? LoopWatch.patience {
            for loop in silent where reported.insert(loop).inserted { log(loop, silence) }
        }
        return false
    }

    private func log(_ loop: Int, _ silence: Duration) {
        let seconds = Double(silence.nanoseconds / 1_000_000) / 1000
        let worker = server.lastServed(byLoop: loop)
        let culprit = worker.map { "handler \($0.handler) of host \($0.hostTag) was at work last" }
        let end = watchdog.map { "; systemd ends the daemon after \($0)" } ?? ""
        log(
            .loopSilent, loop,
            "loop \(loop) has made no progress for \(seconds) s: "
                + "\(culprit ?? "no handler is known to have been at work")\(end)", worker)
    }

    private func log(
        _ kind: EventKind, _ loop: Int, _ detail: String, _ worker: HostNumbers.Host? = nil
    ) {
        var event = ServerEvent(kind, kind == .loopSilent ? .error : .notice, detail: detail)
        event.loop = loop
        event.hostTag = worker?.hostTag
        event.handler = worker?.handler
        journal.post(event)
    }
}
