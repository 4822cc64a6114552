internal import Configuration
internal import Platform
internal import TextFormats

/// The directory for files that the daemon creates.
enum StateDirectory {
    /// `StateDirectory`, or else `$STATE_DIRECTORY`, which systemd sets, or else
    /// that of the program, such as `/var/lib/icshostd`.
    static func path(_ settings: ServerSettings) -> String {
        settings.stateDirectory ?? ofService
    }

    /// Where the configuration names none.
    static var ofService: String {
        // systemd lists several directories with colons (systemd.exec(5)); the first is ours.
        let listed = Environment["STATE_DIRECTORY"]?.split(separator: ":").first
        return listed.map(String.init) ?? ProgramIdentity.current.stateDirectory
    }
}
