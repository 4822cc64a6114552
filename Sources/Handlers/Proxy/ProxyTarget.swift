internal import HandlerAPI
internal import Synchronization

/// One target of a proxy: whom to dial, who is there now, and whether it is worth trying.
final class ProxyTarget: Sendable {
    let options: TargetOptions
    let dial: DialTarget
    private let rise: Int
    private let fall: Int
    private let downTime: Duration

    /// Clients that are with it, or about to be.
    private let clientCount = Atomic<Int>(0)
    /// Failures in a row when up; successes in a row when down.
    private let streak = Atomic<Int>(0)
    private let isDownFlag = Atomic<Bool>(false)
    private let isTriedFlag = Atomic<Bool>(false)
    /// When it went down or came up again, in seconds of the wall clock; 0 for never.
    private let changeTime = Atomic<Int>(0)
    /// When it may be tried again although it is down, in seconds of the wall clock.
    private let retryTime = Atomic<Int>(0)

    init(
        _ options: TargetOptions, dial: DialTarget, rise: Int, fall: Int, downTime: Duration
    ) {
        self.options = options
        self.dial = dial
        self.rise = rise
        self.fall = fall
        self.downTime = downTime
    }

    var clients: Int { clientCount.load(ordering: .relaxed) }
    var isDown: Bool { isDownFlag.load(ordering: .relaxed) }

    /// Whether a client should be sent here: it is up, or nobody has tried for a while.
    var isUsable: Bool {
        !isDown || WallClock.secondsSince1970 >= retryTime.load(ordering: .relaxed)
    }

    /// Counts a client in, before it is known to get through.
    func clientCame() { clientCount.add(1, ordering: .relaxed) }

    /// Counts a client out.
    func clientWent() { clientCount.subtract(1, ordering: .relaxed) }

    /// A connection came about.
    ///
    /// - Returns: whether the target is up again by this.
    func succeeded() -> Bool {
        noteTry()
        guard isDown else {
            streak.store(0, ordering: .relaxed)
            return false
        }
        guard streak.add(1, ordering: .relaxed).newValue >= rise else { return false }
        streak.store(0, ordering: .relaxed)
        changeTime.store(WallClock.secondsSince1970, ordering: .relaxed)
        return isDownFlag.exchange(false, ordering: .relaxed)
    }

    /// A connection did not come about.
    ///
    /// - Returns: whether the target is down by this.
    func failed() -> Bool {
        noteTry()
        let seconds = Int(downTime.components.seconds)
        guard !isDown else {
            streak.store(0, ordering: .relaxed)
            retryTime.store(WallClock.secondsSince1970 + seconds, ordering: .relaxed)
            return false
        }
        guard streak.add(1, ordering: .relaxed).newValue >= fall else { return false }
        streak.store(0, ordering: .relaxed)
        retryTime.store(WallClock.secondsSince1970 + seconds, ordering: .relaxed)
        changeTime.store(WallClock.secondsSince1970, ordering: .relaxed)
        return !isDownFlag.exchange(true, ordering: .relaxed)
    }

    /// Looks before it writes: all loops have this.
    private func noteTry() {
        if !isTriedFlag.load(ordering: .relaxed) { isTriedFlag.store(true, ordering: .relaxed) }
    }

    /// How it is, for the status.
    var status: TargetStatus {
        let change = changeTime.load(ordering: .relaxed)
        let isTried = isTriedFlag.load(ordering: .relaxed)
        return TargetStatus(
            section: options.section, address: dial.address,
            state: isDown ? .down : isTried ? .up : .unknown, since: change == 0 ? nil : change,
            clients: clients, isBackup: options.isBackup)
    }
}
