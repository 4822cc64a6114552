internal import EventLoops
internal import NetworkTypes
internal import TLS

/// Files that are read again when they have changed and settled.
///
/// Theory of operation: what belongs together is often in two files, which cannot be replaced at
/// once. So they are read a moment after the first sign of a change, and where they are no good then,
/// a little later once more: that is the last word until they change again. Belongs to one loop.
final class SettledFiles {
    /// Reads the files of some owners again.
    ///
    /// Gets whether this is the last word; returns, unless it is, the owners whose files are no good.
    typealias Reading = (_ owners: Set<Int>, _ isLast: Bool) -> Set<Int>

    private let read: Reading
    private var watch: FileWatch?
    private var settling: LoopTimer?
    private var patience: LoopTimer?
    /// Owners whose files have changed, to be read when they have settled.
    private var changed: Set<Int> = []
    /// Those whose files were no good at the first reading.
    private var doubtful: Set<Int> = []

    /// Files are read so long after the first sign of a change.
    private static let settleTime = Duration.milliseconds(100)
    /// And once more so much later, before they are called bad.
    private static let patienceTime = Duration.seconds(1)

    /// Begins with no files; all calls are on the loop's thread.
    ///
    /// - Parameters:
    ///   - loop: the loop.
    ///   - onSign: called at each sign of a change, for what cannot be watched may have changed too.
    ///   - read: reads files again.
    init(on loop: EventLoop, onSign: @escaping () -> Void, read: @escaping Reading) {
        self.read = read
        watch = FileWatch(on: loop) { [unowned self] owners in
            onSign()
            note(owners)
        }
        settling = LoopTimer(on: loop) { [unowned self] in settle() }
        patience = LoopTimer(on: loop) { [unowned self] in losePatience() }
    }

    /// Ends the watch; the loop forgets it.
    func stop() {
        for timer in [settling, patience] { timer?.stop() }
        (settling, patience) = (nil, nil)
        watch?.stop()
        watch = nil
    }

    /// How many files are looked at every second, for they cannot be watched.
    var polledCount: Int { watch?.polledCount ?? 0 }

    /// Why they cannot.
    var reasonForPolling: String {
        if watch?.isExhausted == true {
            return "there are more directories than fs.inotify.max_user_watches allows"
        }
        guard let directory = watch?.unreadable else { return "there is no inotify" }
        return "\"\(directory)\" on their way may not be read by \(UnixUser.current): "
            + FilePermission.remedy(forDirectory: directory)
    }

    /// Watches the files of an owner, instead of those it had before.
    func watch(_ paths: [String], for owner: Int) { watch?.watch(paths, for: owner) }

    /// Forgets an owner.
    func forget(_ owner: Int) {
        watch?.watch([], for: owner)
        changed.remove(owner)
        doubtful.remove(owner)
    }

    /// Reads the files of these owners again, too.
    func note(_ owners: Set<Int>) {
        guard !owners.isEmpty else { return }
        if changed.isEmpty { settling?.start(after: Self.settleTime) }
        changed.formUnion(owners)
    }

    private func settle() {
        let owners = changed
        changed = []
        let bad = read(owners, false)
        doubtful.subtract(owners)
        if doubtful.isEmpty, !bad.isEmpty { patience?.start(after: Self.patienceTime) }
        doubtful.formUnion(bad)
    }

    private func losePatience() {
        let owners = doubtful
        doubtful = []
        if !owners.isEmpty { _ = read(owners, true) }
    }
}
