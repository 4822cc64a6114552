internal import ArgumentParser
internal import Configuration
internal import Glibc
internal import HandlerAPI
internal import Planning
internal import Platform
internal import Serving
internal import SocketServer
internal import Systemd
internal import TextFormats

/// `icshostd run`: serves until it is told to stop.
struct RunCommand: HandlerCommand {
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

    func run(with registry: HandlerRegistry) throws {
        let planned = try PlannedConfiguration.read(option.path, registry)
        // Before any thread: all others inherit the mask, and only the supervisor gets signals.
        let signals = try SignalQueue(Supervisor.signals)
        BrokenPipe.block()
        let inherited = InheritedListeners(
            PassedDescriptors.take().map { InheritedSocket($0.number, name: $0.name) })
        let journal = try EventJournal(level: planned.server.logLevel)
        let notifier = try Notifier { error in
            journal.post(ServerEvent(.configuration, .warning, detail: "systemd: \(error)"))
        }
        let (ending, areThreadsLeft): (Supervisor.Ending, Bool)
        do {
            (ending, areThreadsLeft) = try serve(planned, signals, journal, notifier, inherited)
        } catch {
            journal.post(ServerEvent(.stopped, .error, detail: "not started: \(error)"))
            (ending, areThreadsLeft) = (.notStarted, false)
        }
        notifier.flush(within: RunCommand.farewellTime)
        journal.finish(
            with: ending.text.map { ServerEvent(.stopped, .notice, detail: $0) },
            within: RunCommand.farewellTime)
        let status = ending == .notStarted ? ExitStatus.mistakes : ExitCode.success
        // Loops may still run: the exit handlers of libraries would free what they use.
        if areThreadsLeft { _exit(status.rawValue) }
        if status != .success { throw status }
    }

    private func serve(
        _ planned: PlannedConfiguration, _ signals: consuming SignalQueue,
        _ journal: EventJournal, _ notifier: Notifier, _ inherited: InheritedListeners
    ) throws -> (Supervisor.Ending, areThreadsLeft: Bool) {
        journal.post(
            ServerEvent(
                .starting, .notice, detail: "\(ProgramIdentity.current.title) on \(planned.path)"))
        let engine = try ServerEngine(
            options: Startup.options(of: planned, journal), level: planned.server.logLevel,
            bell: journal.bell
        ) { journal.post($0) }
        let server = engine.server
        journal.add(server.eventQueues)
        let supervisor = try Supervisor(
            signals: signals, server: server, certificates: engine.certificates,
            notifier: notifier, journal: journal, inherited: inherited,
            planned
        ) { [printPlan] in
            if printPlan { RunCommand.printPlan(of: server) }
        }
        try engine.start { [supervisor] in supervisor.certificatesChanged($0) }
        do {
            let ending = try supervisor.run()
            let hasStopped = engine.stop(
                within: ending == .abandoned ? nil : Supervisor.cutTime)
            return (ending, areThreadsLeft: !hasStopped)
        } catch {
            _ = engine.stop(within: nil)
            throw error
        }
    }

    /// On a thread of its own: nobody may be reading.
    private static func printPlan(of server: Server) {
        let text = PlanAnnouncement.text(server.opened)
        try? Thread(name: "plan") { Output.offer(text) }.detach()
    }
}

extension Supervisor.Ending {
    /// The last record; nil where one has said why.
    fileprivate var text: String? {
        switch self {
        case .stopped: "stopped"
        case .abandoned: "stopped, and left handlers behind that did not end"
        case .interrupted: "stopped while starting"
        case .notStarted: nil
        }
    }
}
