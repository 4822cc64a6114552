internal import Configuration
internal import HandlerAPI
internal import Planning
internal import Platform
internal import Serving
internal import SocketServer

/// The limits of the machine that hold before anything is opened.
enum Startup {
    /// Raises the limit of open files, and works out how many clients fit.
    ///
    /// - Returns: the options to start the server with.
    static func options(
        of planned: PlannedConfiguration, _ journal: EventJournal
    ) -> ServerOptions {
        var options = ServerOptions(planned.server)
        options.descriptorCeiling = raiseFileLimit(
            planned, workers: options.workers, journal)
        let limit = ClientLimit(
            planned.server, planned.plan, descriptorCeiling: options.descriptorCeiling)
        options.maxClients = limit.clients
        if let news = limit.news, !planned.hasErrors { journal.post(news) }
        return options
    }

    /// - Returns: the number from which on descriptors are not for clients.
    private static func raiseFileLimit(
        _ planned: PlannedConfiguration, workers: Int, _ journal: EventJournal
    ) -> CInt {
        do {
            let limit = try FileLimit.raise()
            journal.post(
                ServerEvent(.fileLimit, .info, detail: "up to \(limit.soft) open files"))
            // Each loop has two descriptors, and refused clients linger; thirty are for the journal,
            // systemd and files.
            let listeners = planned.plan.endpoints.count
            let lingering = workers * ServerOptions.lingeringRefusals
            let clients = planned.server.maxClients ?? 0
            let needed = clients + lingering + listeners + 2 * workers + 30
            let ceiling = CInt(clamping: limit.soft) - ServerOptions.reservedDescriptors
            guard clients > 0, needed > limit.soft else { return ceiling }
            journal.post(
                ServerEvent(
                    .fileLimit, .warning,
                    detail: "MaxClients=\(clients) needs \(needed) open files,"
                        + " but the limit is \(limit.soft): raise LimitNOFILE"))
            return ceiling
        } catch {
            journal.post(
                ServerEvent(
                    .fileLimit, .warning, detail: "the limit of open files stays: \(error)",
                    errorNumber: error.code))
            return .max
        }
    }
}
