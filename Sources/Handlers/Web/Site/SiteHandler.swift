internal import HandlerAPI

/// A handler that serves a site over HTTP/1.
protocol SiteHandler: Handler {
    var site: Site { get }
}

extension SiteHandler {
    static var startsAtRest: Bool { true }
    static var applicationProtocols: [String] { ["http/1.1", "http/1.0"] }
    static var busyAnswer: String? {
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
            + "Content-Length: 0\r\n\r\n"
    }

    var firstByteTimeout: Duration? { site.limits.head }

    func reopenLogs() { site.log?.reopen() }

    func serveAtOnce(_ client: Client) throws -> ServedAtOnce? {
        var conversation = HTTPConversation(client, of: site)
        return try conversation.answerArrived()
    }

    func serve(_ client: Client) async throws -> Afterwards {
        var conversation = HTTPConversation(client, of: site)
        return try await conversation.serve()
    }
}
