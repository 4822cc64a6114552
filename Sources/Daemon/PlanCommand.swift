internal import ArgumentParser
internal import EventLoops
internal import NetworkTypes
internal import Planning

/// `icshostd plan`: shows what a configuration listens on, without opening anything.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Prints what listens where, for whom, with which handler.",
        discussion: """
            Where a daemon runs on the same file, what a reload would change comes first, with the \
            number of clients that are with each host it touches.
            """)

    @OptionGroup var control: ControlOption

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Print what would change from the plan of this file instead.", valueName: "FILE"))
    var against: String?

    func run() throws {
        let planned = try PlannedConfiguration.read(control.option)
        Output.report(planned.report)
        guard !planned.hasErrors else { throw ExitStatus.mistakes }
        if let against {
            var other = ConfigurationOption()
            other.config = against
            let old = try PlannedConfiguration.read(other)
            guard !old.hasErrors else {
                Output.report(old.report)
                throw ExitStatus.mistakes
            }
            let difference = PlanDifference(from: old.plan, to: planned.plan)
            return Output.print(json ? difference.json : difference.text)
        }
        let table = PlanTable(planned.plan)
        Output.print(json ? table.json : changes + table.text)
    }

    /// What a reload of the daemon that runs on this file would change; nothing where none does.
    private var changes: String {
        guard let address = UnixAddress(control.path),
            (try? UnixConnection(to: address)) != nil
        else { return "" }
        var request = JSONLine()
        request.add("command", "plan")
        var (file, lines) = (String?.none, [String]())
        let end = try? ControlClient(control).ask(request) { _, part in
            if let path = part["configuration"]?.text { file = path }
            if let text = part["text"]?.text { lines.append(text) }
        }
        guard file == control.option.config, end?["ok"]?.isTrue == true else { return "" }
        return "A reload changes:\n" + lines.map { "  \($0)\n" }.joined() + "\n"
    }
}
