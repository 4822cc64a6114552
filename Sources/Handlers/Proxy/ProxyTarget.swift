internal import HandlerAPI
internal import Synchronization

/// One target of a proxy: its address, its clients, and whether it is up.
final class ProxyTarget: Sendable {
    let options: TargetOptions
    let dial: DialTarget
    private let rise: Int
    private let fall: Int
    private let downTime: Duration

    /// Clients that are connected to it or being connected.
    private let clientCount = Atomic<Int>(0)
    /// Failures in a row when up; successes in a row when down.
    private let streak = Atomic<Int>(0)
    private let isDownFlag = Atomic<Bool>(false)
    private let isTriedFlag = Atomic<Bool>(false)
    /// When it last went down or came up, in seconds of the wall clock; 0 for never.
    private let changeTime = Atomic<Int>(0)
    /// When a target that is down may be retried, in seconds of the wall clock.
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

    /// Whether clients are connected to it: it is up, or due for a retry.
    var isUsable: Bool {
        !isDown || WallClock.secondsSince1970 >= retryTime.load(ordering: .relaxed)
    }

    /// Counts a client, before its connection is established.
    func clientCame() { clientCount.add(1, ordering: .relaxed) }

    /// Counts a client that has gone.
    func clientWent() { clientCount.subtract(1, ordering: .relaxed) }

    /// Notes that a connection was established.
    ///
    /// - Returns: whether the target is up again because of it.
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

    /// Notes that a connection failed.
    ///
    /// - Returns: whether the target is down because of it.
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

    /// Reads before it writes: all loops share the flag.
    private func noteTry() {
        if !isTriedFlag.load(ordering: .relaxed) { isTriedFlag.store(true, ordering: .relaxed) }
    }

    /// Its state, for `icshostd status`.
    var status: TargetStatus {
        let change = changeTime.load(ordering: .relaxed)
        let isTried = isTriedFlag.load(ordering: .relaxed)
        return TargetStatus(
            section: options.section, address: dial.address,
            state: isDown ? .down : isTried ? .up : .unknown, since: change == 0 ? nil : change,
            clients: clients, isBackup: options.isBackup)
    }
}
