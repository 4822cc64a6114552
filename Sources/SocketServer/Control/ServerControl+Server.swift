internal import Configuration
internal import NetworkTypes
internal import Platform
internal import Serving

/// The engine of a server in code.
extension ServerControl {
    /// Creates an engine without hosts, for the settings of these.
    convenience init(
        _ planned: PlannedHosts, on loops: LoopGroup?,
        admits: (@Sendable (SocketAddress, SocketServer.Listener) -> Bool)?, feed: EventFeed
    ) throws {
        try self.init(planned, planned.serverOptions, on: loops, admits: admits, feed: feed)
    }

    /// Takes over hosts and listens.
    func serve(_ planned: PlannedHosts?) async throws(ListenError) {
        let result: Result<Void, ListenError> = await withCheckedContinuation { waiting in
            serve(planned) { waiting.resume(returning: $0) }
        }
        try result.get()
    }

    /// The open listeners.
    var listeners: [SocketServer.Listener] {
        server.opened.endpoints.map { SocketServer.Listener($0, of: server) }
    }
}

extension PlannedHosts {
    /// The settings for all hosts, within the limits of this process, which stay as they are.
    var serverOptions: ServerOptions {
        var options = ServerOptions(server)
        options.descriptorCeiling = FileLimit.ceiling(reserving: ServerOptions.reservedDescriptors)
        let limit = ClientLimit(server, plan, descriptorCeiling: options.descriptorCeiling)
        options.maxClients = limit.clients
        return options
    }
}
