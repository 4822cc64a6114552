internal import ArgumentParser
internal import Planning
internal import Serving

/// `icshostd plan`: shows what a configuration listens on, without opening anything.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Prints what listens where, for whom, with which handler and certificate.")

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
        let facts = certificateFacts(planned)
        let table = PlanTable(planned.plan, certificate: { facts[$0] })
        Output.print(json ? table.json : table.text)
    }

    /// Looks at the certificates of all hosts, as `check` does.
    private func certificateFacts(_ planned: PlannedConfiguration) -> [CertificateFacts?] {
        let prepared = HostPreparation.prepare(
            planned.plan, registry: CommandLineInterface.registry,
            stateDirectory: StateDirectory.path(planned.server), purpose: .check)
        return prepared.states.map(\.certificateFacts)
    }
}

extension HostState {
    /// What a plan shows of its certificate, nil where nobody could look.
    fileprivate var certificateFacts: CertificateFacts? {
        switch self {
        case .disabled: return nil
        case .down(let trouble):
            guard trouble.kind == .certificate else { return nil }
            return CertificateFacts(
                end: nil, isMadeHere: false, warnings: [], problem: trouble.message)
        case .up(let host):
            guard let report = host.certificates?.report else {
                return host.certificates.map { _ in
                    CertificateFacts(end: nil, isMadeHere: true, warnings: [])
                }
            }
            return CertificateFacts(
                end: (report.day, report.end), isMadeHere: report.isMadeHere,
                warnings: report.codes)
        }
    }
}
