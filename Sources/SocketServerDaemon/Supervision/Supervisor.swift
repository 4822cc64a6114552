internal import Configuration
internal import EventLoops
internal import Glibc
internal import HandlerAPI
internal import NetworkTypes
internal import Planning
internal import Platform
internal import Serving
internal import Systemd
internal import TextFormats

/// The control plane: the start, signals, the state that systemd gets, the watchdog, and the shutdown.
///
/// Runs a loop of its own on the main thread and never touches the data of a client.
final class Supervisor: EventSource, @unchecked Sendable {
    // Sendable because it is confined to its loop, which the main thread turns.
    private enum State {
        case starting, serving, draining, cutting, ended(Ending)
    }

    /// How the daemon ends.
    enum Ending {
        /// All clients and handlers have ended.
        case stopped
        /// Some have not, in the time that they had.
        case abandoned
        /// It did not start; a record says why.
        case notStarted
        /// A signal stopped it while it was starting.
        case interrupted
    }

    private let loop: EventLoop
    private let signals: SignalQueue
    private let server: Server
    private let certificates: CertificateKeeper
    private let notifier: Notifier
    private let journal: EventJournal
    private let reloader: Reloader
    private let startTime = MonotonicClock.now()
    private var control: ControlServer?
    private let controlPath: String
    /// Whether the daemon cannot be controlled, which the status line reports.
    private var isControlMissing = false
    private var rates = RateMeter()
    private var memory = MemoryReturn()
    private var loops: LoopWatch
    private var state = State.starting
    private let onServing: () -> Void
    private var failure: SystemError?
    private var lastStatus: String?
    private var nextStatus: UInt64 = 0
    private var tick: LoopTimer?
    private var drainEnd: LoopTimer?
    private var source: SourceID?

    /// The least time between two STATUS= datagrams, and the pace of the watchdog.
    private static let tickTime = Duration.seconds(1)
    /// By how much the time-out of a start or a shutdown is extended each tick.
    private static let extraTime = Duration.seconds(10)
    /// After so many nanoseconds a start extends its time-out.
    private static let longStart: UInt64 = 5_000_000_000
    /// How long handlers may take to notice that they were cancelled: longer than programs have until
    /// they are killed, and the kernel until it has taken them away.
    static let cutTime = Duration.seconds(2)

    /// Creates the loop; `onServing` is called on it once, when the server serves.
    init(
        signals: consuming SignalQueue, server: Server, certificates: CertificateKeeper,
        notifier: Notifier, journal: EventJournal,
        inherited: InheritedListeners, _ planned: PlannedConfiguration,
        onServing: @escaping () -> Void
    ) throws(SystemError) {
        loop = try EventLoop()
        self.signals = signals
        self.server = server
        self.certificates = certificates
        self.notifier = notifier
        self.journal = journal
        self.onServing = onServing
        reloader = Reloader(
            on: loop, server: server, certificates: certificates, journal: journal,
            notifier: notifier, inherited: inherited, planned)
        loops = LoopWatch(server, journal: journal, watchdog: notifier.watchdogInterval)
        controlPath = ControlServer.path(planned.server)
    }

    /// The signals that the daemon answers.
    static let signals = [SIGTERM, SIGINT, SIGHUP, SIGUSR1]

    /// Starts the server and supervises it until it has ended.
    func run() throws(SystemError) -> Ending {
        loop.perform { [self] in
            let source = loop.add(self)
            self.source = source
            do throws(SystemError) {
                try loop.watch(signals.number, for: source, .readable)
            } catch {
                failure = error
                return end()
            }
            tick = LoopTimer(on: loop) { self.beat() }
            drainEnd = LoopTimer(on: loop) { self.drainPeriodEnded() }
            loops.ping()
            startTick()
            reloader.start { self.started($0) }
        }
        loop.run()
        if let failure { throw failure }
        guard case .ended(let ending) = state else { return .abandoned }
        return ending
    }

    private func started(_ outcome: ReloadOutcome) {
        guard case .starting = state else { return }
        guard outcome.isGood else { return end(.notStarted) }
        state = .serving
        // Before READY=1: whoever waits for that may want to control the daemon.
        startControl()
        notifier.ready()
        beat()
        onServing()
    }

    func descriptorReady(_ readiness: Readiness) {
        while let signal = signals.next() {
            switch signal {
            case SIGHUP:
                reloader.reloadOnSignal()
            case SIGUSR1:
                server.reopenLogs()
                journal.post(
                    ServerEvent(.logsReopened, .info, detail: "access logs are opened anew"))
            case SIGINT, SIGTERM:
                switch state {
                case .starting: interruptStart()
                case .serving: drain(signal)
                case .draining: cut()
                case .cutting, .ended: break
                }
            default:
                break
            }
        }
    }

    func deadlinePassed() {}

    /// Once a second, or more often for the watchdog: pings the loops and reports to systemd.
    private func beat() {
        if loops.check() { notifier.keepAlive() }
        startTick()
        if case .starting = state {
            let time = MonotonicClock.now() - startTime
            if time > Supervisor.longStart { notifier.extendTimeout(by: Supervisor.extraTime) }
            return
        }
        let status = server.status
        rates.note(status.accepted, at: MonotonicClock.now())
        let isDue = memory.isDue(clients: status.clients)
        if server.access.takeGarbage() || isDue { HeapMemory.giveBack() }
        if case .serving = state {
            checkControl()
        } else {
            notifier.extendTimeout(by: Supervisor.extraTime)
        }
        reportStatus()
    }

    private func startTick() {
        let watchdog = notifier.watchdogInterval.map { $0 / 4 } ?? Supervisor.tickTime
        tick?.start(after: min(watchdog, Supervisor.tickTime))
    }

    /// Reports the numbers when they have changed, at most once a tick.
    private func reportStatus() {
        let now = MonotonicClock.now()
        guard now >= nextStatus else { return }
        let trouble =
            (isControlMissing ? "no control socket! " : "")
            + (journal.trouble.map { "\($0)! " } ?? "")
        let status =
            trouble
            + reloader.statusLine.text(
                server.status, certificates.summary,
                degraded: server.degradedHosts)
        guard status != lastStatus else { return }
        lastStatus = status
        nextStatus = now + UInt64(clamping: Supervisor.tickTime.nanoseconds)
        notifier.status(status)
    }

    /// Takes hosts down whose certificates are bad, and brings up those whose are good again; from any
    /// thread.
    func certificatesChanged(_ changes: [CertificateKeeper.Change]) {
        loop.perform { self.reloader.certificatesChanged(changes) }
    }

    private func drain(_ signal: CInt) {
        state = .draining
        notifier.stopping()
        reloader.leaveIdleSockets()
        let (clients, drainTimeout) = (server.status.clients, server.drainTimeout)
        journal.post(
            ServerEvent(
                .stopping, .notice,
                detail: "stopping on \(signal == SIGINT ? "SIGINT" : "SIGTERM"): "
                    + clients.counted("client has", "clients have")
                    + " \(drainTimeout) to finish"))
        drainEnd?.start(after: drainTimeout)
        server.drain { [self] in
            loop.perform { self.clientsHaveGone() }
        }
    }

    /// Waits for the running job to give up, and for handlers to stop.
    private func clientsHaveGone() {
        drainEnd?.start(after: Supervisor.cutTime)
        state = .cutting
        reloader.stop { [self] in
            drainEnd?.start(after: Supervisor.cutTime)
            server.stopHandlers { [self] in loop.perform { self.end(.stopped) } }
        }
    }

    private func interruptStart() {
        state = .cutting
        drainEnd?.start(after: Supervisor.cutTime)
        reloader.stop { [self] in end(.interrupted) }
    }

    private func drainPeriodEnded() {
        if case .draining = state { cut() } else { end(.abandoned) }
    }

    private func cut() {
        state = .cutting
        drainEnd?.start(after: Supervisor.cutTime)
        server.cut()
    }

    /// Removes what the loop holds, and stops it.
    private func end(_ ending: Ending = .abandoned) {
        if case .ended = state { return }
        state = .ended(ending)
        reloader.stop {}
        for timer in [tick, drainEnd] { timer?.stop() }
        (tick, drainEnd) = (nil, nil)
        control?.close()
        control = nil
        if let source {
            loop.unwatch(signals.number)
            loop.remove(source)
        }
        source = nil
        loop.stop()
    }

    /// - Throws: the call that failed; EINVAL for what is no path of a socket.
    private func bindControl() throws(SystemError) -> ControlServer {
        guard let address = UnixAddress(controlPath) else {
            throw SystemError("bind", code: EINVAL)
        }
        let desk = ControlDesk(
            on: loop, server: server, journal: journal, reloader: reloader
        ) { [unowned self] in report }
        return try ControlServer(at: address, on: loop, perform: desk.perform)
    }

    private func startControl() {
        do throws(SystemError) {
            control = try bindControl()
            openControl()
        } catch {
            reportControlFailure("unix:\(controlPath): \(error)")
        }
    }

    private func openControl() {
        do throws(SystemError) {
            try control?.open()
        } catch {
            reportControlFailure("\(error)")
        }
    }

    /// Binds the control socket again when its file is gone, or could not be created; a file that
    /// somebody else has put there stays.
    private func checkControl() {
        guard control?.isReachable != true else { return }
        if !isControlMissing { reportControlFailure("\(controlPath) was removed") }
        guard !UnixSocketFile.exists(controlPath), let anew = try? bindControl() else { return }
        control?.close()
        control = anew
        isControlMissing = false
        openControl()
        guard !isControlMissing else { return }
        journal.post(
            ServerEvent(
                .controlReturned, .notice,
                detail: "the control socket is there again: \(controlPath)"))
    }

    private func reportControlFailure(_ detail: String) {
        isControlMissing = true
        journal.post(
            ServerEvent(
                .controlFailed, .warning,
                detail:
                    "no control socket, so \(ProgramIdentity.command) status and reload find nobody: \(detail)"
            ))
    }

    private var report: ServiceReport {
        let (now, accepted) = (MonotonicClock.now(), server.status.accepted)
        return ServiceReport(
            running: reloader.running, server: server,
            rates: (
                rates.rate(accepted, at: now, over: 10),
                rates.rate(accepted, at: now, over: RateMeter.memory)
            ),
            uptime: .nanoseconds(Int64(clamping: now - startTime)))
    }
}
