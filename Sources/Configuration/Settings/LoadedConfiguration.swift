/// A configuration as far as it could be read, with all there is to tell about it.
package struct LoadedConfiguration: Sendable {
    /// The settings; where there are mistakes, without what is mistaken.
    package let settings: Settings
    /// What there is to tell; the planner's findings may be added.
    package var diagnostics: Diagnostics
    /// The files that were read, to print the lines that diagnostics are about.
    package let sources: [SourceText]
    /// The value of an environment variable, as it was put into values.
    let variable: @Sendable (String) -> String?

    /// Reads a configuration from its bytes.
    ///
    /// - Parameters:
    ///   - bytes: the text of the file.
    ///   - file: the name of the file, for diagnostics.
    ///   - handlers: the handlers that the file can name.
    ///   - surroundings: the other files and variables that it can name.
    package init(
        bytes: [UInt8], file: String, handlers: [HandlerDeclaration],
        surroundings: Surroundings = Surroundings()
    ) {
        var diagnostics = Diagnostics()
        var loader = DocumentLoader(surroundings)
        let document = loader.loadWhole(bytes, file: file, into: &diagnostics)
        settings = SettingsReader.read(
            document, file: file, handlers: handlers, into: &diagnostics)
        self.diagnostics = diagnostics
        sources = loader.sources
        variable = surroundings.variable
    }

    /// Reads a configuration from a file, what it includes and its drop-in files.
    ///
    /// - Parameters:
    ///   - path: the path of the file.
    ///   - handlers: the handlers that it can name.
    ///   - variable: the value of an environment variable, nil when it is not set.
    /// - Throws: when the file itself cannot be read; those that it includes are diagnostics.
    package init(
        path: String, handlers: [HandlerDeclaration],
        variable: @escaping @Sendable (String) -> String? = { _ in nil }
    ) throws(ConfigurationFileError) {
        self.init(
            bytes: try ConfigurationFile.read(path: path), file: path, handlers: handlers,
            surroundings: Surroundings(files: .disk, variable: variable))
    }

    /// What `[Server]` of a file says, as far as it can be read, without a look at its hosts.
    ///
    /// - Parameters:
    ///   - path: the path of the file.
    ///   - variable: the value of an environment variable, nil when it is not set.
    /// - Returns: what it says, with what holds where it says nothing.
    /// - Throws: when the file cannot be read, is no text, or has a mistake where it names the control
    ///   socket: whoever asks would find another daemon. Its other mistakes do not matter.
    package static func server(
        path: String, variable: @escaping @Sendable (String) -> String?
    ) throws(ConfigurationFileError) -> ServerSettings {
        var diagnostics = Diagnostics()
        let bytes = try ConfigurationFile.read(path: path)
        if let problem = SourceText(file: path, bytes: bytes).problem() {
            throw ConfigurationFileError(path: path, reason: .contents(problem.message))
        }
        var loader = DocumentLoader(Surroundings(files: .disk, variable: variable))
        var document = loader.loadWhole(bytes, file: path, into: &diagnostics)
        document.sections = document.sections.filter { section in
            switch SectionKind(section.name.value) {
            case .server, .pathMap: true
            default: false
            }
        }
        let settings = SettingsReader.read(document, file: path, handlers: [], into: &diagnostics)
        let places = document.sections.flatMap(\.entries)
            .filter { $0.key.value.lowercased() == "controlsocket" }.map(\.key.location)
        let mistake = diagnostics.sorted().first { diagnostic in
            diagnostic.severity == .error
                && places.contains {
                    $0.file == diagnostic.location.file && $0.line == diagnostic.location.line
                }
        }
        if let mistake {
            throw ConfigurationFileError(path: path, reason: .contents("\(mistake)"))
        }
        return settings.server
    }

    /// All diagnostics with the lines that they are about.
    package var report: String { DiagnosticPrinter(sources: sources).text(diagnostics) }
}
