internal import Synchronization

/// The program that this process runs: the names and paths that its messages, manual pages and defaults
/// have.
///
/// A process has one, as it has one `program_invocation_name`; ``adopt()`` sets it before anything reads it.
package final class ProgramIdentity: Sendable {
    /// The command, which is also the name of the unit, its user and group, and the syslog identifier.
    package let name: String
    /// The version, such as `0.1.0`.
    package let version: String
    /// The purpose of the program, a sentence.
    package let summary: String
    /// The configuration file of commands without `--config`.
    package let configurationFile: String
    /// The directory of the control socket without `$RUNTIME_DIRECTORY`.
    package let runtimeDirectory: String
    /// The directory of self-signed certificates without `$STATE_DIRECTORY`.
    package let stateDirectory: String
    /// The directory of access logs without `$LOGS_DIRECTORY`.
    package let logsDirectory: String

    /// Names a program; paths that are nil are where hier(7) has those of a program with this name.
    package init(
        name: String, version: String, summary: String, configurationFile: String? = nil,
        runtimeDirectory: String? = nil, stateDirectory: String? = nil, logsDirectory: String? = nil
    ) {
        self.name = name
        self.version = version
        self.summary = summary
        self.configurationFile = configurationFile ?? "/etc/\(name)/\(name).conf"
        self.runtimeDirectory = runtimeDirectory ?? "/run/\(name)"
        self.stateDirectory = stateDirectory ?? "/var/lib/\(name)"
        self.logsDirectory = logsDirectory ?? "/var/log/\(name)"
    }

    /// The name and the version, as `--version` prints them.
    package var title: String { "\(name) \(version)" }

    /// The directory of the configuration file.
    package var configurationDirectory: String {
        let slash = configurationFile.lastIndex(of: "/") ?? configurationFile.startIndex
        return String(configurationFile[..<slash])
    }

    /// The version of this package: of icshostd, and of the library.
    package static let packageVersion = "0.1.0"

    /// The daemon of this package.
    package static let icshostd = ProgramIdentity(
        name: "icshostd", version: packageVersion,
        summary: "Serves many hosts, plain or TLS, each with its own handler.")

    private static let adopted = AtomicLazyReference<ProgramIdentity>()

    /// The program of this process: icshostd, unless it is another.
    package static var current: ProgramIdentity { adopted.load() ?? icshostd }

    /// The command of this process's program, for messages with a command to type.
    package static var command: String { current.name }

    /// Makes it the program of this process, at its start.
    package func adopt() {
        precondition(
            Self.adopted.storeIfNil(self) === self,
            "a process has one program, which it starts with")
    }
}
