internal import Configuration
internal import EventLoops
internal import Glibc
internal import HandlerAPI
internal import NetworkTypes
internal import Planning
internal import Platform
internal import Serving
internal import Systemd

/// The control plane: signals, the state told to systemd, the watchdog, and the end.
///
/// Runs a loop of its own on the main thread and never touches the data of a client.
final class Supervisor: EventSource, @unchecked Sendable {
    // Sendable because it is confined to its loop, which the main thread turns.
    private enum State {
        case serving, draining, cutting, drained
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
    /// Whether nobody can ask the daemon, which the status says.
    private var isControlMissing = false
    private var rates = RateMeter()
    private var memory = MemoryReturn()
    private var loops: LoopWatch
    private var state = State.serving
    private var failure: SystemError?
    private var lastStatus: String?
    private var nextStatus: UInt64 = 0
    private var tick: LoopTimer?
    private var drainEnd: LoopTimer?
    private var source: SourceID?

    /// The least time between two STATUS= datagrams, and the pace of the watchdog.
    private static let tickTime = Duration.seconds(1)
    /// For how long systemd is told, each tick, that the end takes longer.
    private static let extraTime = Duration.seconds(10)
    /// How long handlers may take to notice that they were cancelled: longer than programs have until
    /// they are killed, and the kernel until it has taken them away.
    private static let cutTime = Duration.seconds(2)

    /// Makes the loop and binds the control socket; clients of both wait until ``run()``.
    init(
        signals: consuming SignalQueue, server: Server, certificates: CertificateKeeper,
        notifier: Notifier, journal: EventJournal, registry: HandlerRegistry,
        inherited: InheritedListeners, _ planned: PlannedConfiguration, _ opened: OpenedPlan
    ) throws(SystemError) {
        loop = try EventLoop()
        self.signals = signals
        self.server = server
        self.certificates = certificates
        self.notifier = notifier
        self.journal = journal
        reloader = Reloader(
            on: loop, server: server, certificates: certificates, journal: journal,
            notifier: notifier, registry: registry, inherited: inherited, planned, opened)
        loops = LoopWatch(server, journal: journal, watchdog: notifier.watchdogInterval)
        controlPath = ControlServer.path(planned.server)
        do throws(SystemError) {
            control = try bindControl()
        } catch {
            tellControlFailure("unix:\(controlPath): \(error)")
        }
    }

    /// The signals that the daemon answers.
    static let signals = [SIGTERM, SIGINT, SIGHUP, SIGUSR1]

    /// Supervises until the server has ended.
    ///
    /// - Returns: whether every client and loop has ended; false when one had to be given up.
    func run() throws(SystemError) -> Bool {
        loop.perform { [self] in
            let source = loop.add(self)
            self.source = source
            do throws(SystemError) {
                try loop.watch(signals.number, for: source, .readable)
            } catch {
                failure = error
                return end()
            }
            openControl()
            tick = LoopTimer(on: loop) { self.beat() }
            drainEnd = LoopTimer(on: loop) { self.drainPeriodEnded() }
            reloader.start()
            loops.ask()
            beat()
        }
        loop.run()
        if let failure { throw failure }
        return state == .drained
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
                case .serving: drain(signal)
                case .draining: cut()
                case .cutting, .drained: break
                }
            default:
                break
            }
        }
    }

    func deadlinePassed() {}

    /// Once a second, or more often when the watchdog wants it: a sign of life, and the status.
    private func beat() {
        if loops.look() { notifier.keepAlive() }
        if state != .serving { notifier.extendTimeout(by: Supervisor.extraTime) }
        let status = server.status
        rates.note(status.accepted, at: MonotonicClock.now())
        if memory.isDue(clients: status.clients) { HeapMemory.giveBack() }
        if state == .serving { lookAfterControl() }
        tellStatus()
        let watchdog = notifier.watchdogInterval.map { $0 / 4 } ?? Supervisor.tickTime
        tick?.start(after: min(watchdog, Supervisor.tickTime))
    }

    /// Tells the numbers when they have changed, at most once a tick.
    private func tellStatus() {
        let now = MonotonicClock.now()
        guard now >= nextStatus else { return }
        let trouble =
            (isControlMissing ? "no control socket! " : "")
            + (journal.trouble.map { "\($0)! " } ?? "")
        let status =
            trouble
            + reloader.statusLine.text(
                server.status, certificates.summary,
                degraded: server.degradedHosts(except: reloader.running.outdatedUp))
        guard status != lastStatus else { return }
        lastStatus = status
        nextStatus = now + UInt64(clamping: Supervisor.tickTime.nanoseconds)
        notifier.status(status)
    }

    /// Takes hosts down whose certificates are no good, and up those whose are again; from any thread.
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

    /// Waits for a reload to give up.
    private func clientsHaveGone() {
        drainEnd?.start(after: Supervisor.cutTime)
        state = .cutting
        reloader.stop { [self] in
            state = .drained
            end()
        }
    }

    private func drainPeriodEnded() {
        if state == .draining { cut() } else { end() }
    }

    private func cut() {
        state = .cutting
        drainEnd?.start(after: Supervisor.cutTime)
        server.cut()
    }

    /// Leaves the loop, which holds its sources, and ends it.
    private func end() {
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

    private func openControl() {
        do throws(SystemError) {
            try control?.open()
        } catch {
            tellControlFailure("\(error)")
        }
    }

    /// Binds the control socket anew where its file is gone, or could not be made.
    ///
    /// What somebody else has put there stays.
    private func lookAfterControl() {
        guard control?.isReachable != true else { return }
        if !isControlMissing { tellControlFailure("\(controlPath) was removed") }
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

    private func tellControlFailure(_ detail: String) {
        isControlMissing = true
        journal.post(
            ServerEvent(
                .controlFailed, .warning,
                detail: "no control socket, so icshostd status and reload find nobody: \(detail)"))
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
