/// A configuration as far as it could be read, with all there is to tell about it.
package struct LoadedConfiguration: Sendable {
    /// The settings; where there are mistakes, without what is mistaken.
    package let settings: Settings
    /// What there is to tell; the planner's findings may be added.
    package var diagnostics: Diagnostics
    /// The files that were read, to print the lines that diagnostics are about.
    package let sources: [SourceText]

    /// Reads a configuration from its bytes.
    ///
    /// - Parameters:
    ///   - bytes: the text of the file.
    ///   - file: the name of the file, for diagnostics.
    ///   - handlers: the handlers that the file can name.
    package init(bytes: [UInt8], file: String, handlers: [HandlerDeclaration]) {
        var diagnostics = Diagnostics()
        let source = SourceText(file: file, bytes: bytes).decoded(into: &diagnostics)
        let document = INIScanner.scan(source, into: &diagnostics)
        settings = SettingsReader.read(
            document, file: file, handlers: handlers, into: &diagnostics)
        self.diagnostics = diagnostics
        sources = [source]
    }

    /// Reads a configuration from a file.
    package init(path: String, handlers: [HandlerDeclaration]) throws(ConfigurationFileError) {
        self.init(
            bytes: try ConfigurationFile.read(path: path), file: path, handlers: handlers)
    }

    /// All diagnostics with the lines that they are about.
    package var report: String { DiagnosticPrinter(sources: sources).text(diagnostics) }

    /// Refuses a configuration with mistakes; warnings pass.
    package func requireNoErrors() throws(ConfigError) {
        guard !diagnostics.hasErrors else { throw ConfigError(diagnostics) }
    }
}
