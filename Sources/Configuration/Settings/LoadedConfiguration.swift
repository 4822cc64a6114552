/// A configuration with its diagnostics, as complete as mistakes allow.
package struct LoadedConfiguration: Sendable {
    /// The settings, without the parts that have mistakes.
    package let settings: Settings
    /// The diagnostics; those of the planner may be added.
    package var diagnostics: Diagnostics
    /// The files that were read, for printing lines with diagnostics.
    package let sources: [SourceText]
    /// Returns the value of an environment variable, as expanded in values.
    let variable: @Sendable (String) -> String?

    /// Parses a configuration.
    ///
    /// - Parameters:
    ///   - bytes: the text of the file.
    ///   - file: the name of the file, for diagnostics.
    ///   - handlers: the available handlers.
    ///   - surroundings: the other files and the variables that it may refer to.
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

    /// Checks a configuration that a program has put together, by the rules for a file.
    ///
    /// - Parameters:
    ///   - document: the sections; values are trimmed, and refer to no variables or other files.
    ///   - place: the place of mistakes that concern no section.
    ///   - handlers: the available handlers.
    package init(document: INIDocument, at place: SourceLocation, handlers: [HandlerDeclaration]) {
        var diagnostics = Diagnostics()
        settings = SettingsReader.read(
            document, file: place.file, handlers: handlers, into: &diagnostics)
        self.diagnostics = diagnostics
        sources = []
        variable = { _ in nil }
    }

    /// Reads a configuration file, the files that it includes and its drop-in files.
    ///
    /// - Parameters:
    ///   - path: the path of the file.
    ///   - handlers: the available handlers.
    ///   - variable: the value of an environment variable, nil when it is not set.
    /// - Throws: when the file itself cannot be read; errors of included files are diagnostics.
    package init(
        path: String, handlers: [HandlerDeclaration],
        variable: @escaping @Sendable (String) -> String? = { _ in nil }
    ) throws(ConfigurationFileError) {
        self.init(
            bytes: try ConfigurationFile.read(path: path), file: path, handlers: handlers,
            surroundings: Surroundings(files: .disk, variable: variable))
    }

    /// Reads the settings of `[Server]` in a file, without its hosts.
    ///
    /// - Parameters:
    ///   - path: the path of the file.
    ///   - variable: the value of an environment variable, nil when it is not set.
    /// - Returns: the settings, with defaults for absent keys.
    /// - Throws: when the file cannot be read, is not text, or has a mistake in the key of the control
    ///   socket, since a command would then reach another daemon. Other mistakes are ignored.
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

    /// All diagnostics with their source lines.
    package var report: String { DiagnosticPrinter(sources: sources).text(diagnostics) }
}
