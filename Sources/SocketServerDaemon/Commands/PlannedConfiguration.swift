internal import ArgumentParser
internal import Configuration
internal import Planning
internal import Platform
internal import Serving
internal import SocketServer
internal import TextFormats

/// A configuration file, read and planned: the first step of `run`, `check` and `plan`.
struct PlannedConfiguration: Sendable {
    let path: String
    /// When the file was last changed before it was read, in seconds since 1970.
    let modified: Int?
    /// Its hosts.
    private(set) var hosts: PlannedHosts
    /// The hosts that are enabled and would be left out, as far as was found, by their index.
    private(set) var troubled: Set<Int> = []
    /// `AllowFrom` and `DenyFrom` of `[Server]`, once ``prepare()`` has read their files.
    private(set) var access: AccessRules?

    var plan: ListenPlan { hosts.plan }
    /// The handlers that it can name.
    var registry: HandlerRegistry { hosts.registry }
    var loaded: LoadedConfiguration { hosts.loaded }
    var server: ServerSettings { loaded.settings.server }
    var hasErrors: Bool { loaded.diagnostics.hasErrors }
    /// All diagnostics with their lines.
    var report: String { loaded.report }

    /// Reads and plans a file.
    init(path: String, registry: HandlerRegistry) throws(ConfigurationFileError) {
        // Before the file is read: a change during the read counts as not read.
        let modified = ConfigurationFile.modificationTime(path: path)
        self.init(path, modified, try PlannedHosts(path: path, registry: registry))
    }

    /// Plans a file as if these were its bytes, among other files.
    init(draft: [UInt8], path: String, files: Surroundings.Files, registry: HandlerRegistry) {
        let loaded = LoadedConfiguration(
            bytes: draft, file: path, handlers: registry.declarations,
            surroundings: Surroundings(files: files, variable: { Environment[$0] }))
        self.init(path, nil, PlannedHosts(loaded, registry: registry))
    }

    private init(_ path: String, _ modified: Int?, _ hosts: PlannedHosts) {
        (self.path, self.modified, self.hosts) = (path, modified, hosts)
        self.hosts.defaultStateDirectory = StateDirectory.ofService
    }

    /// Reads and plans a file.
    ///
    /// If it cannot be read, reports the error, with `json` as an object on standard output, and exits with
    /// the status for unreadable files.
    static func read(
        _ path: String, _ registry: HandlerRegistry, json: Bool = false
    ) throws -> PlannedConfiguration {
        do throws(ConfigurationFileError) {
            return try PlannedConfiguration(path: path, registry: registry)
        } catch {
            if json {
                var diagnostics = Diagnostics()
                diagnostics.error(at: SourceLocation(file: path, line: 1, column: 1), "\(error)")
                Output.print(diagnostics.json)
            } else {
                Output.complain("\(error)")
            }
            throw ExitStatus.unreadable
        }
    }

    /// Reports the diagnostics, and exits if there are errors.
    ///
    /// - Parameter json: whether errors are printed as an object on standard output. Other diagnostics
    ///   are part of the answer then, and standard error stays empty.
    /// - Throws: the exit status for mistakes.
    func reportDiagnostics(json: Bool = false) throws {
        if !json {
            Output.report(report)
        } else if hasErrors {
            Output.print(loaded.diagnostics.json)
        }
        guard !hasErrors else { throw ExitStatus.mistakes }
    }

    /// Prepares the hosts as `check` does, and adds the findings of their handlers.
    @discardableResult
    mutating func prepare() -> HostPreparation.Result {
        let result = HostPreparation.prepare(
            plan, registry: registry,
            stateDirectory: StateDirectory.path(server), purpose: .check)
        append(result.diagnostics)
        var found = Diagnostics()
        access = ServerAccess.rules(of: server, for: .check, into: &found)
        append(found)
        return result
    }

    /// Adds later findings.
    mutating func append(_ diagnostics: Diagnostics) {
        hosts.loaded.diagnostics.append(contentsOf: diagnostics)
    }

    /// Adds findings about hosts: errors for enabled hosts, warnings for disabled ones.
    mutating func append(_ findings: HostPreparation.Findings) {
        hosts.loaded.diagnostics.append(contentsOf: findings.diagnostics)
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
                (isEnabled ? effect : "\(section) would be down if it were enabled: ")
                    + trouble.message)
        }
        for (index, remark) in findings.remarks {
            add(remark, false, "\(plan.hosts[index].section): \(remark.message)")
        }
    }

    /// The consequence for hosts in trouble, to precede the reason.
    func consequence(for who: String) -> String {
        server.onHostError == .fail
            ? "\(who) would prevent the start (OnHostError=fail): "
            : "\(who) would be down: "
    }

    private mutating func add(_ trouble: HostTrouble, _ isMistake: Bool, _ message: String) {
        if isMistake {
            hosts.loaded.diagnostics.error(at: trouble.location, message)
        } else {
            hosts.loaded.diagnostics.warn(at: trouble.location, message)
        }
    }
}

extension HostSettings {
    /// The consequence of an unusable certificate for a host with a plain port, to precede the reason.
    fileprivate var costOfCertificate: String {
        serviceWithoutTLS == .challenge
            ? "SSL clients of \(section) would be refused, and its plain port would serve only"
                + " the challenge of an authority: "
            : "SSL clients of \(section) would be refused: "
    }
}
