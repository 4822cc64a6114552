internal import EventLoops
internal import HandlerAPI
internal import Platform

/// A program that serves a client, from its start until its process group is empty.
///
/// Theory of operation: three descriptors are watched on the client's loop. The leader's is readable when
/// the program has exited; its standard error becomes records of the client; the client's socket, if
/// the program has it, reports when the client disconnects. The group gets SIGTERM when the client has
/// disconnected, or when the leader exits and leaves processes behind, and SIGKILL when it takes too
/// long.
final class ProgramRun: @unchecked Sendable {
    // Sendable because it is confined to the loop of its client.

    /// How long a program may take to exit when the server's drain period is over.
    private static let cutTime = Duration.milliseconds(500)
    /// How often the group is polled: no descriptor reports that it is empty.
    private static let pollTime = Duration.milliseconds(100)
    /// How long a killed group is waited for: a process may hang in the kernel.
    private static let lastTime = Duration.seconds(1)
    /// How long a program may take from the end of its output to its exit.
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
    /// Waits in ``endsSoon()`` for the leader's exit.
    private var watcher: CheckedContinuation<Void, Never>?
    private var watcherTimer: LoopTimer?
    /// How the leader exited, nil while it runs.
    private var end: ProcessGroup.End?
    /// It got SIGTERM because its client has disconnected, or because the drain period is over.
    private var isStopped = false
    private var isKilled = false
    /// When the group is killed, in nanoseconds of the loop's clock.
    private var killMoment = UInt64.max
    /// The group is empty, or no longer waited for.
    private var isOver = false

    /// Starts the program.
    ///
    /// - Parameters:
    ///   - program: what to start.
    ///   - launcher: sets its limits and user, and executes it.
    ///   - conversation: becomes its standard input and output.
    ///   - client: the client.
    /// - Throws: if it cannot be started.
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

    /// Kills a program that cannot be watched.
    func abandon() {
        group.kill()
        finish()
    }

    private func watch() throws(SystemError) {
        leader = try DescriptorWatch(
            group.leaderNumber, on: client.loop, for: .readable,
            onReady: { [unowned self] _ in leaderIsReady() },
            onDeadline: { [unowned self] in deadlinePassed() })
        try errors.watch(group.errorsNumber) { [unowned self] in group.readErrors(into: &$0) }
    }

    /// Watches the socket that the program has for a hang-up only: its input is the program's.
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

    /// The client sends nothing more; the program may still answer.
    func inputHasEnded() {
        guard let time = program.timeAfterEnd, !isOver, afterInput == nil else { return }
        afterInput = LoopTimer(on: client.loop) { [unowned self] in clientIsGone() }
        afterInput?.start(after: time)
    }

    /// The client has disconnected: stops the program.
    func clientIsGone() { stop(within: program.endTime) }

    /// Waits until the group is empty; the end of the server's drain period stops the program.
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

    /// Waits a moment for the exit of a program that has ended its output.
    ///
    /// - Returns: whether it has exited; else it keeps running without output.
    func endsSoon() async -> Bool {
        guard end == nil, !isOver else { return true }
        await withCheckedContinuation { continuation in
            watcher = continuation
            watcherTimer = LoopTimer(on: client.loop) { [unowned self] in resumeWatcher() }
            watcherTimer?.start(after: ProgramRun.deathTime)
        }
        return end != nil || isOver
    }

    private func resumeWatcher() {
        watcherTimer?.stop()
        watcherTimer = nil
        watcher?.resume()
        watcher = nil
    }

    /// Sends SIGTERM, and SIGKILL after `time`.
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
        resumeWatcher()
        leader?.pause()
        hangUp?.end()
        guard group.hasMembers else { return finish() }
        if !isStopped { client.log(.notice, "\(program.path) has left processes behind") }
        killMoment = min(killMoment, moment(after: program.endTime))
        leader?.setDeadline(after: ProgramRun.pollTime)
    }

    /// The leader did not exit in time, or the group is polled.
    private func deadlinePassed() {
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
        resumeWatcher()
        waiting?.resume()
        waiting = nil
    }
}
