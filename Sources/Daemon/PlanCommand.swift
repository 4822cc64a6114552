internal import ArgumentParser
internal import Planning

/// `icshostd plan`: shows what a configuration listens on, without opening anything.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Prints what listens where, for whom, with which handler.")

    @OptionGroup var option: ConfigurationOption

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Print what would change from the plan of this file instead.", valueName: "FILE"))
    var against: String?

    func run() throws {
        let planned = try PlannedConfiguration.read(option)
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
        Output.print(json ? table.json : table.text)
    }
}
