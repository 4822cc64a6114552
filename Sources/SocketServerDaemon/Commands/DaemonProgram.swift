internal import TextFormats

/// A program around the daemon: its name, and what is named after it.
///
/// The name is that of the command in `--help` and in messages, of the unit and its user, and of the records
/// in the journal. Commands such as `status` find the daemon by its configuration file or its control
/// socket, so two programs on one machine do not meet.
public struct DaemonProgram: Sendable {
    /// The command, such as `greeting`: a file name.
    public var name: String
    /// What `--version` prints after the name.
    public var version: String
    /// One sentence for `--help` and the manual page.
    public var summary: String
    /// The configuration file of commands without `--config`; `/etc/NAME/NAME.conf` where nil.
    public var configurationFile: String?
    /// The directory of the control socket, where neither `ControlSocket` nor `$RUNTIME_DIRECTORY` is set;
    /// `/run/NAME` where nil.
    public var runtimeDirectory: String?
    /// The directory of self-signed certificates, where neither `StateDirectory` nor `$STATE_DIRECTORY` is
    /// set; `/var/lib/NAME` where nil.
    public var stateDirectory: String?
    /// The directory of access logs with a relative path, where `$LOGS_DIRECTORY` is not set;
    /// `/var/log/NAME` where nil.
    public var logsDirectory: String?

    /// Names a program.
    ///
    /// - Parameters:
    ///   - name: the command.
    ///   - version: what `--version` prints after the name.
    ///   - summary: one sentence for `--help` and the manual page.
    public init(
        name: String, version: String,
        summary: String = "Serves many hosts, plain or TLS, each with its own handler."
    ) {
        precondition(
            !name.isEmpty && !name.contains("/") && !name.hasPrefix("-"),
            "the name of a program is a file name, not \"\(name)\"")
        self.name = name
        self.version = version
        self.summary = summary
    }

    /// The daemon of this package.
    public static let icshostd = DaemonProgram(
        name: ProgramIdentity.icshostd.name, version: ProgramIdentity.packageVersion)

    /// The same for all modules.
    var identity: ProgramIdentity {
        ProgramIdentity(
            name: name, version: version, summary: summary, configurationFile: configurationFile,
            runtimeDirectory: runtimeDirectory, stateDirectory: stateDirectory,
            logsDirectory: logsDirectory)
    }
}
