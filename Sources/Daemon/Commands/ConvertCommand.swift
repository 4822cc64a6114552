internal import ArgumentParser
internal import Configuration
internal import Serving

/// `icshostd convert`: prints a file of ICS in the plainest form that means the same here.
struct ConvertCommand: HandlerCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Prints a configuration of ICS in the form that icshostd prefers.",
        discussion: """
            Included files become part of it, paths of Windows go through [PathMap], sections of \
            ICS become [Server]. Keys that have no effect here become comments, each named on \
            standard error; those that are blank or at their default are left out. Comments are \
            not kept.
            """)

    @OptionGroup var configuration: ConfigurationArgument

    func run(with registry: HandlerRegistry) throws {
        var planned = try PlannedConfiguration.read(configuration.path, registry)
        var diagnostics = Diagnostics()
        planned.loaded.settings.noteSilentSections(into: &diagnostics)
        planned.append(diagnostics)
        try planned.tell()
        Output.print(SettingsPrinter.text(planned.loaded.settings))
    }
}
