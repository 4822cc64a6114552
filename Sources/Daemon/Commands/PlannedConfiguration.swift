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
    /// The hosts that are enabled and would be down, as far as was found, by their index.
    private(set) var troubled: Set<Int> = []
    private(set) var loaded: LoadedConfiguration

    var server: ServerSettings { loaded.settings.server }
    var hasErrors: Bool { loaded.diagnostics.hasErrors }
    /// Every diagnostic with the line it is about.
    var report: String { loaded.report }

    /// Reads and plans a file.
    init(path: String, registry: HandlerRegistry) throws(ConfigurationFileError) {
        // Before it is read: a change while it is read is one that was not read.
        let modified = ConfigurationFile.modificationTime(path: path)
        self.init(
            path, modified,
            try LoadedConfiguration(
                path: path, handlers: registry.all.map { HandlerDeclaration($0) },
                variable: { Environment[$0] }))
    }

    /// Plans a file as if these were its bytes, among other files.
    init(draft: [UInt8], path: String, files: Surroundings.Files, registry: HandlerRegistry) {
        self.init(
            path, nil,
            LoadedConfiguration(
                bytes: draft, file: path, handlers: registry.all.map { HandlerDeclaration($0) },
                surroundings: Surroundings(files: files, variable: { Environment[$0] })))
    }

    private init(_ path: String, _ modified: Int?, _ loaded: LoadedConfiguration) {
        self.path = path
        self.modified = modified
        self.loaded = loaded
        let planned = Planner.plan(loaded.settings)
        plan = planned.plan
        self.loaded.diagnostics.append(contentsOf: planned.diagnostics)
    }

    /// Reads and plans a file, or ends the program with the status for a file that cannot be read,
    /// where asked with an object on standard output that says so.
    static func read(_ path: String, json: Bool = false) throws -> PlannedConfiguration {
        do throws(ConfigurationFileError) {
            return try PlannedConfiguration(path: path, registry: CommandLineInterface.registry)
        } catch {
            if json {
                var diagnostics = Diagnostics()
                diagnostics.error(at: SourceLocation(file: path, line: 1, column: 1), "\(error)")
                Output.print(diagnostics.json)
            } else {
                Output.report("icshostd: \(error)\n")
            }
            throw ExitStatus.unreadable
        }
    }

    /// Tells what there is to tell; ends the program where there are mistakes.
    ///
    /// - Parameter json: whether mistakes are told as an object on standard output; what is none is a
    ///   part of the answer then, and nothing is on standard error.
    /// - Throws: the exit status for mistakes.
    func tell(json: Bool = false) throws {
        if !json {
            Output.report(report)
        } else if hasErrors {
            Output.print(loaded.diagnostics.json)
        }
        guard !hasErrors else { throw ExitStatus.mistakes }
    }

    /// Prepares the hosts as `check` does, and adds what handlers found.
    @discardableResult
    mutating func prepare() -> HostPreparation.Result {
        let result = HostPreparation.prepare(
            plan, registry: CommandLineInterface.registry,
            stateDirectory: StateDirectory.path(server), purpose: .check)
        append(result.diagnostics)
        return result
    }

    /// Adds what was found out later.
    mutating func append(_ diagnostics: Diagnostics) {
        loaded.diagnostics.append(contentsOf: diagnostics)
    }

    /// Adds what is wrong with hosts: for those that are enabled as mistakes.
    mutating func append(_ findings: HostPreparation.Findings) {
        loaded.diagnostics.append(contentsOf: findings.diagnostics)
        for (index, trouble) in findings.troubles {
            let (section, isEnabled) = (plan.hosts[index].section, plan.hosts[index].isEnabled)
            // run refuses, so no host would be down.
            let host = plan.hosts[index]
            let isDegraded = trouble.kind == .certificate && host.serviceWithoutTLS != .none
            let effect =
                switch trouble.kind {
                case .mistake: ""
                case .certificate where isDegraded && server.onHostError != .fail:
                    host.costOfCertificate
                default: consequence(for: section)
                }
            if isEnabled, !isDegraded || server.onHostError == .fail { troubled.insert(index) }
            add(
                trouble, isEnabled,
                (isEnabled ? effect : "\(section) could not serve if it were enabled: ")
                    + trouble.message)
        }
        for (index, remark) in findings.remarks {
            add(remark, false, "\(plan.hosts[index].section): \(remark.message)")
        }
    }

    /// What becomes of hosts in trouble, to precede the reason.
    func consequence(for who: String) -> String {
        server.onHostError == .fail
            ? "\(who) would keep icshostd from starting (OnHostError=fail): "
            : "\(who) would be down: "
    }

    private mutating func add(_ trouble: HostTrouble, _ isMistake: Bool, _ message: String) {
        if isMistake {
            loaded.diagnostics.error(at: trouble.location, message)
        } else {
            loaded.diagnostics.warn(at: trouble.location, message)
        }
    }
}

extension HostSettings {
    /// What the trouble of a certificate costs a host with a plain port, to precede the reason.
    fileprivate var costOfCertificate: String {
        serviceWithoutTLS == .challenge
            ? "SSL clients of \(section) would be refused, and its plain port would serve the"
                + " challenge of an authority only: "
            : "SSL clients of \(section) would be refused: "
    }
}
