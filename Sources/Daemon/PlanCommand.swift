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

    func run() throws {
        let planned = try PlannedConfiguration.read(option)
        Output.report(planned.report)
        guard !planned.hasErrors else { throw ExitStatus.mistakes }
        let table = PlanTable(planned.plan)
        Output.print(json ? table.json : table.text)
    }
}
