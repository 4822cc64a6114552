internal import HandlerAPI
public import Logging
public import SocketServer

/// Logs the events of a server with swift-log.
///
/// ```swift
/// let events = EventLogger(server, to: Logger(label: "echo"))
/// async let logging: Void = events.run()
/// try await server.run()
/// await logging
/// ```
///
/// A record has the facts about its client as metadata: `client` (its number), `remote`, `listener`, `host`, `server-name`,
/// `tls`; at its end also `reason`, `bytes-in`, `bytes-out` and `duration`.
public struct EventLogger: Sendable {
    private let events: SocketServer.Events
    private let logger: Logger

    /// Collects the events of a server from now on.
    ///
    /// - Parameters:
    ///   - server: the server.
    ///   - logger: gets the records. Its level decides which: `debug` has each client, `info` those that ended badly,
    ///     `notice` refused clients and hosts that come up, `error` hosts that go down and handlers that failed.
    ///   - limit: how many events may wait for the logger; the number of those beyond is logged.
    public init(_ server: SocketServer, to logger: Logger, buffering limit: Int = 4_096) {
        events = server.events(buffering: limit)
        self.logger = logger
    }

    /// Logs until the server has ended, or until the task is cancelled.
    public func run() async {
        for await event in events {
            log(event)
            if case .stateChanged(.ended) = event { return }
        }
    }

    private func log(_ event: SocketServer.Event) {
        switch event {
        case .stateChanged(let state):
            logger.info("the server is \(state)")
        case .accepted(let client):
            logger.trace("a client is accepted", metadata: Self.facts(client))
        case .connected(let client):
            logger.debug("a client is connected", metadata: Self.facts(client))
        case .disconnected(let client, let reason):
            logger.log(
                level: reason.isRegular ? .debug : .info, "a client is disconnected",
                metadata: Self.sum(client, reason.rawValue))
        case .refused(let client, let reason):
            logger.notice("a client is refused", metadata: Self.sum(client, reason.rawValue))
        case .handshakeFailed(let client, let reason):
            logger.info("a TLS handshake failed", metadata: Self.sum(client, reason))
        case .handlerFailed(let client, let error):
            logger.error("a handler failed", metadata: Self.sum(client, "\(error)"))
        case .hostUp(let tag):
            logger.notice("a host is up", metadata: ["host": "\(tag)"])
        case .hostDown(let tag, let reason):
            logger.error("a host is down", metadata: ["host": "\(tag)", "reason": "\(reason)"])
        case .error(let reason):
            logger.error("the server has a problem", metadata: ["reason": "\(reason)"])
        case .dropped(let count):
            logger.warning("events were dropped", metadata: ["count": "\(count)"])
        }
    }

    private static func facts(_ client: ClientInfo) -> Logger.Metadata {
        var facts: Logger.Metadata = [
            "client": "\(client.id)", "remote": "\(client.remoteAddress)",
            "listener": "\(client.listener)",
        ]
        facts["host"] = client.hostTag.map { "\($0)" }
        facts["server-name"] = client.serverName.map { "\($0)" }
        facts["tls"] = client.tlsVersion.map { "\($0)" }
        return facts
    }

    private static func sum(_ client: ClientInfo, _ reason: String) -> Logger.Metadata {
        var facts = facts(client)
        facts["reason"] = "\(reason)"
        facts["bytes-in"] = "\(client.bytesIn)"
        facts["bytes-out"] = "\(client.bytesOut)"
        facts["duration"] = "\(client.duration)"
        return facts
    }
}

extension CloseReason {
    /// Whether a client ends this way when nothing is wrong.
    fileprivate var isRegular: Bool { self == .served || self == .peerClosed }
}
