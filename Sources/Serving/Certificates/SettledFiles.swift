internal import EventLoops
internal import NetworkTypes
internal import TLS

/// Reads files again after they have changed and settled.
///
/// Theory of operation: a certificate and its key are often in two files, which cannot be replaced at once.
/// So the files are read a moment after the first change and, if they are unusable then, once more a little
/// later: that attempt is final until they change again. Belongs to one loop.
final class SettledFiles {
    /// Reads the files of some owners again.
    ///
    /// Receives whether this is the final attempt; otherwise returns the owners whose files are unusable.
    typealias Reading = (_ owners: Set<Int>, _ isLast: Bool) -> Set<Int>

    private let read: Reading
    private var watch: FileWatch?
    private var settling: LoopTimer?
    private var patience: LoopTimer?
    /// The owners whose files have changed and not settled yet.
    private var changed: Set<Int> = []
    /// The owners whose files were unusable at the first attempt.
    private var doubtful: Set<Int> = []

    /// The time from the first change to the first attempt.
    private static let settleTime = Duration.milliseconds(100)
    /// The time from there to the final attempt.
    private static let patienceTime = Duration.seconds(1)

    /// Creates a watch of no files; make all calls on the loop's thread.
    ///
    /// - Parameters:
    ///   - loop: the loop.
    ///   - onSign: called at each change, since unwatched files may have changed too.
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

    /// Stops the watch and removes it from the loop.
    func stop() {
        for timer in [settling, patience] { timer?.stop() }
        (settling, patience) = (nil, nil)
        watch?.stop()
        watch = nil
    }

    /// How many files are polled every second because they cannot be watched.
    var polledCount: Int { watch?.polledCount ?? 0 }

    /// Why they are polled.
    var reasonForPolling: String {
        if watch?.isExhausted == true {
            return "there are more directories than fs.inotify.max_user_watches allows"
        }
        guard let directory = watch?.unreadable else { return "there is no inotify" }
        return "\"\(directory)\" on their way may not be read by \(UnixUser.current): "
            + FilePermission.remedy(forDirectory: directory)
    }

    /// Replaces the watched files of an owner.
    func watch(_ paths: [String], for owner: Int) { watch?.watch(paths, for: owner) }

    /// Removes an owner.
    func forget(_ owner: Int) {
        watch?.watch([], for: owner)
        changed.remove(owner)
        doubtful.remove(owner)
    }

    /// Schedules the files of these owners to be read again.
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
