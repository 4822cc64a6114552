package import Configuration

extension Server {
    /// Uses the files of `[Server]`: lists of addresses for new clients, and keys of session tickets.
    ///
    /// - Parameters:
    ///   - settings: the settings of a configuration; the same files are read again.
    ///   - diagnostics: receives the problems of the files; after an error nothing is changed.
    package func use(_ settings: ServerSettings, into diagnostics: inout Diagnostics) {
        var found = Diagnostics()
        let rules = ServerAccess.rules(of: settings, for: .serve, into: &found)
        if !found.hasErrors { ticketKeys.use(settings, into: &found) }
        if !found.hasErrors { access.use(rules) }
        diagnostics.append(contentsOf: found)
    }
}
