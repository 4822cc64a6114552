internal import EventLoops
internal import HandlerAPI
internal import Platform

/// A program that serves a client, from its start until nobody is left in its group.
///
/// Theory of operation: three descriptors are watched on the client's loop. The leader's tells when
/// the program has ended; its standard error becomes records of the client; the client's socket,
/// where the program has that itself, tells when the client has gone. The leader, when the client has
/// gone, and whoever it has left in its group when it ends, is asked to end (SIGTERM), and killed when
/// the time for that is over.
final class ProgramRun: @unchecked Sendable {
    // Sendable because it is confined to the loop of its client.

    /// How long a program may take to end when the server's drain period is over.
    private static let cutTime = Duration.milliseconds(500)
    /// How often it is looked whether the group is empty; no descriptor tells.
    private static let pollTime = Duration.milliseconds(100)
    /// How long a group that was killed is waited for: the kernel may hold one in a call.
    private static let lastTime = Duration.seconds(1)
    /// How long a program that dies may take from the end of its output to its own.
    private static let deathTime = Duration.milliseconds(200)

    private let program: Program
    private let client: Connection
    private let group: ProcessGroup
    private let errors: ProgramErrors
    private var leader: DescriptorWatch?
    private var hangUp: DescriptorWatch?
    /// Runs from the end of the client's side.
    private var afterInput: LoopTimer?
    private var waiting: CheckedContinuation<Void, Never>?
    /// Who wants to know how the leader ends, while it has ``endsSoon()``'s time for that.
    private var watcher: CheckedContinuation<Void, Never>?
    private var watcherTimer: LoopTimer?
    /// How the leader ended, nil while it runs.
    private var end: ProcessGroup.End?
    /// It was told to end because its client has gone, or all clients are to go.
    private var isStopped = false
    private var isKilled = false
    /// When whoever is left is killed, in nanoseconds of the loop's clock.
    private var killMoment = UInt64.max
    /// Nobody is left, or nobody is waited for any more.
    private var isOver = false

    /// Starts the program.
    ///
    /// - Parameters:
    ///   - program: what to start.
    ///   - launcher: what sets what it starts with, and becomes it.
    ///   - conversation: becomes its standard input and output.
    ///   - client: whom it serves.
    /// - Throws: what kept it from starting.
    init(
        _ program: Program, launcher: String, conversation: CInt, for client: Connection
    ) throws(SystemError) {
        self.program = program
        self.client = client
        group = try ProcessGroup(
            launcher, arguments: [launcher] + program.launcherWords(try FileLimit.current()),
            environment: program.environment.map { "\($0.key)=\($0.value)" },
            conversation: conversation)
        errors = ProgramErrors(of: client)
        do throws(SystemError) {
            try watch()
        } catch {
            abandon()
            throw error
        }
    }

    /// Ends a program that cannot be watched.
    func abandon() {
        group.kill()
        finish()
    }

    private func watch() throws(SystemError) {
        leader = try DescriptorWatch(
            group.leaderNumber, on: client.loop, for: .readable,
            onReady: { [unowned self] _ in leaderIsReady() },
            onDeadline: { [unowned self] in timeIsOver() })
        try errors.watch(group.errorsNumber) { [unowned self] in group.readErrors(into: &$0) }
    }

    /// Watches the socket that the program has for its end: what arrives there is not ours.
    func watchHangUp(of socket: CInt) throws(SystemError) {
        do throws(SystemError) {
            hangUp = try DescriptorWatch(
                socket, on: client.loop, for: [.peerClosed, .edgeTriggered],
                onReady: { [unowned self] readiness in
                    if readiness.isBroken { clientIsGone() } else { inputHasEnded() }
                }, onDeadline: {})
        } catch {
            abandon()
            throw error
        }
    }

    /// The client will send nothing more; the program may still have something to say.
    func inputHasEnded() {
        guard let time = program.timeAfterEnd, !isOver, afterInput == nil else { return }
        afterInput = LoopTimer(on: client.loop) { [unowned self] in clientIsGone() }
        afterInput?.start(after: time)
    }

    /// The client is gone, and so shall be its program.
    func clientIsGone() { stop(within: program.endTime) }

    /// Waits until nobody is left; the end of the server's drain period stops the program.
    func wait() async -> ProgramEnd {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if isOver { continuation.resume() } else { waiting = continuation }
            }
        } onCancel: {
            client.loop.perform { self.stop(within: ProgramRun.cutTime) }
        }
        return switch end {
        case nil: .stopped
        case _ where isStopped: .stopped
        case .exited(let status): .exited(status: status)
        case .killed(let signal): .killed(signal: signal)
        }
    }

    /// Waits a moment for the end of a program that has ended its output.
    ///
    /// - Returns: whether it has ended; one that has not goes on without its output.
    func endsSoon() async -> Bool {
        guard end == nil, !isOver else { return true }
        await withCheckedContinuation { continuation in
            watcher = continuation
            watcherTimer = LoopTimer(on: client.loop) { [unowned self] in tellWatcher() }
            watcherTimer?.start(after: ProgramRun.deathTime)
        }
        return end != nil || isOver
    }

    private func tellWatcher() {
        watcherTimer?.stop()
        watcherTimer = nil
        watcher?.resume()
        watcher = nil
    }

    /// Asks the group to end, and kills it when it has not after so long.
    private func stop(within time: Duration) {
        guard !isOver else { return }
        isStopped = isStopped || end == nil
        group.send(.polite)
        killMoment = min(killMoment, moment(after: time))
        let left = Duration.nanoseconds(Int64(clamping: killMoment &- client.loop.now))
        leader?.setDeadline(after: end == nil ? left : ProgramRun.pollTime)
    }

    private func leaderIsReady() {
        guard let end = group.leaderEnd() else { return }
        self.end = end
        tellWatcher()
        leader?.pause()
        hangUp?.end()
        guard group.hasMembers else { return finish() }
        if !isStopped { client.log(.notice, "\(program.path) has left processes behind") }
        killMoment = min(killMoment, moment(after: program.endTime))
        leader?.setDeadline(after: ProgramRun.pollTime)
    }

    /// The leader has not ended in its time, or it is time to look after those whom it has left.
    private func timeIsOver() {
        let now = client.loop.now
        let isLate = end == nil || now >= killMoment
        if isLate, !isKilled {
            isKilled = true
            client.log(.notice, "\(program.path) was killed: it did not exit after SIGTERM")
            killMoment = now
        }
        if isLate { group.send(.forced) }
        guard end != nil else { return }
        let isHopeless = now >= killMoment &+ UInt64(clamping: ProgramRun.lastTime.nanoseconds)
        if isHopeless || !group.hasMembers { return finish() }
        leader?.setDeadline(after: ProgramRun.pollTime)
    }

    private func moment(after time: Duration) -> UInt64 {
        client.loop.now &+ UInt64(clamping: time.nanoseconds)
    }

    private func finish() {
        leader?.end()
        hangUp?.end()
        afterInput?.stop()
        errors.end()
        isOver = true
        tellWatcher()
        waiting?.resume()
        waiting = nil
    }
}
