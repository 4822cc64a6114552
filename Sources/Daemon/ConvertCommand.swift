internal import ArgumentParser
internal import Configuration

/// `icshostd convert`: prints a file of ICS in the plainest form that means the same here.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Prints a configuration of ICS in the form that icshostd prefers.",
        discussion: """
            Included files become part of it, paths of Windows go through [PathMap], sections of \
            ICS become [Server], and what icshostd does not use is left out, each named on \
            standard error. Comments are not kept.
            """)

    @OptionGroup var configuration: ConfigurationArgument

    func run() throws {
        let planned = try PlannedConfiguration.read(configuration.path)
        try planned.tell()
        Output.print(SettingsPrinter.text(planned.loaded.settings))
    }
}
