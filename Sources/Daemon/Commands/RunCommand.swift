internal import ArgumentParser
internal import Configuration
internal import Files
internal import Glibc
internal import HandlerAPI
internal import Planning
internal import Platform
internal import Serving
internal import Systemd

/// `icshostd run`: serves until it is told to stop.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Serves the hosts of a configuration until SIGTERM or SIGINT.",
        discussion: """
            On the first signal, the daemon stops accepting clients and waits up to DrainTimeout \
            for the connected ones. A second signal disconnects them at once.
            """)

    @OptionGroup var option: ConfigurationOption

    @Flag(help: "Print the open listeners, with commands to try them.")
    var printPlan = false

    /// How long the last records and notifications may take at the end.
    private static let farewellTime = Duration.seconds(2)
    /// For how long systemd is told, again and again, that the start takes longer.
    private static let extraTime = Duration.seconds(20)

    func run() throws {
        var planned = try PlannedConfiguration.read(option.path)
        // Before any thread: all others inherit the mask, and only the supervisor gets signals.
        let signals = try SignalQueue(Supervisor.signals)
        signal(SIGPIPE, SIG_IGN)
        let inherited = InheritedListeners(
            PassedDescriptors.take().map { InheritedSocket($0.number, name: $0.name) })
        let journal = try EventJournal(level: planned.server.logLevel)
        let notifier = try Notifier { error in
            journal.post(ServerEvent(.configuration, .warning, detail: "systemd: \(error)"))
        }
        planned.append(DirectoryCheck.check(planned))
        if let room = ListenerStore.room(of: notifier) {
            planned.append(ListenerStore.check(planned.plan, room: room))
        }
        let hasEnded: Bool
        do {
            hasEnded = try serve(planned, signals, journal, notifier, inherited)
        } catch {
            // An exit status has been explained; anything else is the machine's fault.
            if !(error is ExitCode) {
                journal.post(ServerEvent(.stopped, .error, detail: "not started: \(error)"))
            }
            journal.finish(within: RunCommand.farewellTime)
            throw error as? ExitCode ?? ExitStatus.mistakes
        }
        notifier.flush(within: RunCommand.farewellTime)
        journal.finish(
            with: ServerEvent(
                .stopped, .notice,
                detail: hasEnded ? "stopped" : "stopped, and left handlers behind that did not end"),
            within: RunCommand.farewellTime)
        // A loop that was given up still runs: the exit handlers of libraries would pull the floor
        // from under it.
        if !hasEnded { _exit(0) }
    }

    private func serve(
        _ planned: PlannedConfiguration, _ signals: consuming SignalQueue,
        _ journal: EventJournal, _ notifier: Notifier, _ inherited: InheritedListeners
    ) throws -> Bool {
        let certificates = try CertificateKeeper { journal.post($0) }
        defer { certificates.stop() }
        let logWriter = LogWriter()
        let (server, supervisor) = try start(
            planned, signals, journal, notifier, certificates, inherited, logWriter)
        logWriter.listen { host, news in
            journal.post(RunCommand.event(of: news, ofLogOf: host, on: server))
        }
        // Even when a loop has to be given up and `deinit` never comes.
        defer { server.opened?.removeSocketFiles() }
        let hasEnded = try supervisor.run()
        if hasEnded { server.stop() }
        logWriter.writeAll()
        return hasEnded
    }

    /// The record of what became of the access log of a host, which is degraded as long as it cannot be written.
    private static func event(
        of news: LogNews, ofLogOf tag: String, on server: Server
    ) -> ServerEvent {
        let subject = "access log"
        switch news {
        case .trouble(let text, let code):
            let detail = "the access log cannot be written: \(text)"
            server.raise(subject, detail, ofHostsTagged: tag)
            return ServerEvent(
                .hostDegraded, .error, hostTag: tag, detail: detail, errorNumber: code)
        case .recovery(let text):
            server.clear(subject, ofHostsTagged: tag)
            return ServerEvent(
                .hostRecord, .notice, hostTag: tag,
                detail: "the access log is written again: \(text)")
        }
    }

    /// Begins to serve; what was opened belongs to the server then, and to nobody else, who would
    /// keep closed listeners open.
    private func start(
        _ planned: PlannedConfiguration, _ signals: consuming SignalQueue,
        _ journal: EventJournal, _ notifier: Notifier, _ certificates: CertificateKeeper,
        _ inherited: InheritedListeners, _ logWriter: LogWriter
    ) throws -> (Server, Supervisor) {
        let startup = Startup(planned, journal: journal)
        var options = ServerOptions(planned.server)
        options.descriptorCeiling = startup.raiseFileLimit(workers: options.workers)
        let limit = ClientLimit(planned, descriptorCeiling: options.descriptorCeiling)
        options.maxClients = limit.clients
        if let news = limit.news, !planned.hasErrors { journal.post(news) }
        if !planned.hasErrors {
            for name in inherited.discard(unwantedBy: planned.plan) { notifier.forget(name: name) }
        }
        var told = MonotonicClock.now()
        let (opened, prepared) = try startup.open(inherited) {
            let now = MonotonicClock.now()
            if now - told > UInt64(RunCommand.extraTime.nanoseconds) / 4 {
                notifier.extendTimeout(by: RunCommand.extraTime)
                told = now
            }
            return signals.next().map { $0 == SIGTERM || $0 == SIGINT } ?? false
        }
        let level = planned.server.logLevel
        let server = try Server(
            options: options, level: level, bell: journal.bell, ticketKeys: startup.ticketKeys,
            shared: [logWriter])
        journal.add(server.eventQueues)
        let supervisor = try Supervisor(
            signals: signals, server: server, certificates: certificates, notifier: notifier,
            journal: journal, registry: CommandLineInterface.registry, inherited: inherited,
            planned, opened)
        let stubborn = try server.start(opened)
        StateNews(from: nil, to: opened, journal: journal).tell(stubborn: stubborn)
        ListenerStore(notifier: notifier, inherited: inherited).update(from: nil, to: opened)
        for socket in inherited.idle {
            journal.post(
                ServerEvent(
                    .configuration, .warning,
                    detail:
                        "a socket unit passed \(socket), on which no host listens: its clients are sent away"
                ))
        }
        notifier.ready()
        try certificates.start(prepared.holders, found: prepared.reports) { [supervisor] in
            supervisor.certificatesChanged($0)
        }
        if printPlan {
            // On a thread of its own: nobody may be reading.
            let text = PlanAnnouncement.text(opened)
            try Thread(name: "plan") { Output.offer(text) }.detach()
        }
        return (server, supervisor)
    }
}

extension ServerOptions {
    init(_ settings: ServerSettings) {
        self.init(
            workers: settings.workers ?? Processors.usable,
            listenBacklog: settings.listenBacklog, maxClients: settings.maxClients ?? 0,
            banner: ServerOptions.line(settings.banner),
            bannerTooBusy: ServerOptions.line(settings.bannerTooBusy),
            handshakeTimeout: settings.handshakeTimeout, drainTimeout: settings.drainTimeout)
    }

    private static func line(_ text: String) -> [UInt8] {
        text.isEmpty ? [] : Array("\(text)\r\n".utf8)
    }
}
