internal import ArgumentParser
internal import Configuration
internal import Serving

/// `icshostd convert`: prints the simplest configuration that is equivalent to a file of ICS.
struct ConvertCommand: HandlerCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Converts a configuration of ICS into the native form.",
        discussion: """
            Prints the result on standard output. Included files are inserted, Windows paths are \
            replaced according to [PathMap], and server sections of ICS become [Server]. Keys \
            without effect become comments, with a warning on standard error. Keys that are \
            blank or at their default, and comments, are omitted.
            """)

    @OptionGroup var configuration: ConfigurationArgument

    func run(with registry: HandlerRegistry) throws {
        var planned = try PlannedConfiguration.read(configuration.path, registry)
        var diagnostics = Diagnostics()
        planned.loaded.settings.noteSilentSections(into: &diagnostics)
        planned.append(diagnostics)
        try planned.reportDiagnostics()
        Output.print(SettingsPrinter.text(planned.loaded.settings))
    }
}
