internal import Configuration
public import HandlerAPI
internal import Handlers

extension SocketServer {
    /// Creates a server of the hosts of a file, which is checked as the daemon checks it.
    ///
    /// The keys of `[Server]` in the file take the place of the properties of `options`, of which only
    /// ``Options/admits``, and ``Options/stateDirectory`` for a file without that key, have an effect.
    ///
    /// - Parameters:
    ///   - file: the path of the file.
    ///   - handlers: the values of `Handler=`; of two with one name the later one is used.
    ///   - options: the settings that a file has no keys for.
    /// - Throws: all diagnostics, each with its place, if the file cannot be read or has a mistake.
    public convenience init(
        file: String, handlers: [any Handler.Type] = BuiltinHandlers.all,
        options: Options = Options()
    ) throws(ConfigurationMistakes) {
        var options = options
        options.handlers = handlers
        self.init(
            try PlannedHosts(checking: file, options), options,
            CodePlace(file: file, line: 1, column: 1))
    }

    /// Takes over the hosts of a file, as a reload of the daemon does; see ``apply(_:options:)``.
    ///
    /// - Parameter file: the path of the file.
    /// - Returns: the state of each host.
    /// - Throws: why nothing has changed.
    @discardableResult
    public func apply(file: String) async throws(ListenError) -> [HostReport] {
        let planned: PlannedHosts
        do throws(ConfigurationMistakes) {
            planned = try PlannedHosts(checking: file, options)
        } catch {
            try refuse(.mistakes(error))
        }
        return try await apply(planned, options)
    }
}

extension PlannedHosts {
    /// Reads, checks and plans a file.
    fileprivate init(
        checking file: String, _ options: SocketServer.Options
    ) throws(ConfigurationMistakes) {
        do throws(ConfigurationFileError) {
            try self.init(path: file, registry: HandlerRegistry(options.handlers))
        } catch {
            throw ConfigurationMistakes(error)
        }
        defaultStateDirectory = options.stateDirectory
        guard !diagnostics.hasErrors else { throw ConfigurationMistakes(diagnostics) }
    }
}
