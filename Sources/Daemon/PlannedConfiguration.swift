internal import ArgumentParser
internal import Configuration
internal import Planning
internal import Serving

/// A configuration file, read and planned: what `run`, `check` and `plan` all begin with.
struct PlannedConfiguration: Sendable {
    let path: String
    /// When the file was last changed before it was read, in seconds since 1970.
    let modified: Int?
    let plan: ListenPlan
    private(set) var loaded: LoadedConfiguration

    var server: ServerSettings { loaded.settings.server }
    var hasErrors: Bool { loaded.diagnostics.hasErrors }
    /// Every diagnostic with the line it is about.
    var report: String { loaded.report }

    /// Reads and plans a file.
    init(path: String, registry: HandlerRegistry) throws(ConfigurationFileError) {
        self.path = path
        // Before it is read: a change while it is read is one that was not read.
        modified = ConfigurationFile.modificationTime(path: path)
        loaded = try LoadedConfiguration(
            path: path, handlers: registry.all.map { HandlerDeclaration($0) },
            variable: { Environment[$0] })
        let planned = Planner.plan(loaded.settings)
        plan = planned.plan
        loaded.diagnostics.append(contentsOf: planned.diagnostics)
    }

    /// Reads and plans a file, or ends the program with the status for a file that cannot be read.
    static func read(_ option: ConfigurationOption) throws -> PlannedConfiguration {
        do throws(ConfigurationFileError) {
            return try PlannedConfiguration(
                path: option.config, registry: CommandLineInterface.registry)
        } catch {
            Output.report("icshostd: \(error)\n")
            throw ExitStatus.unreadable
        }
    }

    /// Adds what was found out later.
    mutating func append(_ diagnostics: Diagnostics) {
        loaded.diagnostics.append(contentsOf: diagnostics)
    }

    /// Adds the troubles of hosts as mistakes.
    mutating func append(troubles states: [HostState]) {
        for (host, state) in zip(plan.hosts, states) {
            guard case .down(let trouble) = state else {
                for trouble in host.troubles {
                    loaded.diagnostics.warn(
                        at: trouble.location,
                        "\(host.section) could not serve if it were enabled: \(trouble.value)")
                }
                continue
            }
            // The host names one as its reason; all of them have to be mended.
            for other in host.troubles.dropFirst() {
                loaded.diagnostics.error(
                    at: other.location, "\(host.section) would be left out: \(other.value)")
            }
            loaded.diagnostics.error(
                at: trouble.location, "\(host.section) would be left out: \(trouble.message)")
        }
    }

    /// Adds what is odd about certificates.
    mutating func append(certificates reports: HostPreparation.Reports) {
        for (host, report) in reports {
            guard let location = host.certificates?.request.location else { continue }
            for message in report.messages {
                loaded.diagnostics.warn(at: location, "\(host.section): \(message)")
            }
        }
    }
}
