internal import Configuration
internal import NetworkTypes
internal import Serving
internal import Systemd

/// How each event looks, in the journal and on a terminal: the only place that decides it.
enum EventFormat {
    /// The sentence a person reads, without anything that a terminal would obey.
    static func message(_ event: ServerEvent) -> String {
        let subject = subject(event)
        // What counts many is about none of them, and its detail says it all.
        let text = subject.isEmpty ? event.detail : subject + predicate(event)
        let isWhole = event.detail.isEmpty || subject.isEmpty || event.kind.isAllDetail
        let message = isWhole ? text : "\(text): \(event.detail)"
        // A diagnostic has several lines.
        return message.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0).printable }.joined(separator: "\n")
    }

    /// The line that stands for the event where there is no journal.
    static func line(_ event: ServerEvent) -> String {
        "\(event.level.word): \(message(event))\n"
    }

    /// Fills a native journal record.
    static func fill(_ record: inout JournalRecord, with event: ServerEvent) {
        record.append(.message, message(event))
        record.append(.priority, event.level.rawValue)
        record.append(.messageID, event.kind.messageID)
        record.append(.syslogIdentifier, "icshostd")
        if let tag = event.hostTag { record.append(.hostTag, tag) }
        if let handler = event.handler { record.append(.handler, handler) }
        if let listener = event.listener { record.append(.listener, listener) }
        if let reason = event.reason { record.append(.closeReason, reason.rawValue) }
        if let number = event.errorNumber { record.append(.errno, number) }
        guard let client = event.client else { return }
        record.append(.connectionID, client.id)
        record.append(.clientAddress, client.address.ip.description)
        if let peer = client.address.unixPeer {
            record.append(.clientProcess, peer.processID)
            record.append(.clientUser, peer.userID)
        } else {
            record.append(.clientPort, client.address.port)
        }
        record.append(.bytesIn, client.bytesIn)
        record.append(.bytesOut, client.bytesOut)
        record.append(.durationMicroseconds, client.microseconds)
        if let name = client.serverName { record.append(.serverName, name) }
        if let version = client.tlsVersion { record.append(.tlsVersion, version) }
    }

    /// Whom it is about.
    private static func subject(_ event: ServerEvent) -> String {
        if let client = event.client {
            let name = client.serverName.map { " (\($0.printable))" } ?? ""
            let host = event.hostTag.map { " of \($0)" } ?? ""
            return "client \(client.address)\(name)\(host) on \(event.listener ?? "?")"
        }
        if let listener = event.listener { return "listener \(listener)" }
        if let tag = event.hostTag { return "host \(tag)" }
        return ""
    }

    /// What happened to it.
    private static func predicate(_ event: ServerEvent) -> String {
        switch event.kind {
        case .listenerOpened: return " is open"
        case .listenerClosed: return " is closed"
        case .listenerPaused: return " waits before it accepts more"
        case .listenerResumed: return " accepts again"
        case .clientClosed: return " ended: \(ending(event))"
        case .clientRefused: return " was refused: \(reason(event))"
        case .handshakeFailed: return " did not finish its handshake: \(reason(event))"
        case .handlerFailed: return " met an error of handler \(event.handler ?? "?")"
        case .handlerRecord: return ""
        case .hostUp: return " is up"
        case .hostDown: return " is left out"
        case .hostOutdated: return " goes on as it was"
        case .hostRemoved: return " is no longer configured"
        case .certificateMade: return " has no certificate"
        case .certificateWarning: return " has a certificate with a flaw"
        case .certificateReplaced: return " shows a new certificate"
        case .certificateRefused: return " keeps its certificate, since the new one is no good"
        case .starting, .ready, .stopping, .stopped, .reloaded, .reloadFailed,
            .configuration, .fileLimit, .controlFailed, .clientsDisconnected, .logsReopened,
            .eventsDropped:
            return event.detail
        }
    }

    private static func ending(_ event: ServerEvent) -> String {
        guard let client = event.client else { return reason(event) }
        let seconds = Double(client.microseconds / 1000) / 1000
        return "\(reason(event)), \(client.bytesIn) bytes in, \(client.bytesOut) bytes out,"
            + " \(seconds) s"
    }

    private static func reason(_ event: ServerEvent) -> String {
        switch event.reason {
        case .served: "served"
        case .peerClosed: "closed by the peer"
        case .disconnected: "the connection broke"
        case .timeout: "timed out"
        case .protocolError: "it broke the protocol"
        case .targetFailed: "its target failed"
        case .handlerError: "the handler failed"
        case .handshakeTimeout: "it took too long"
        case .handshakeFailed: "it failed"
        case .unrecognizedName: "its server name is not served here"
        case .tooManyClients: "there are MaxClients already"
        case .hostDown: "its host is left out"
        case .drained: "the drain period is over"
        case .disconnectedByOperator: "an operator ended it"
        case .systemError: "the system refused"
        case nil: "unknown"
        }
    }
}

extension EventKind {
    /// Whether the event's detail is its whole message.
    fileprivate var isAllDetail: Bool {
        switch self {
        case .starting, .ready, .stopping, .stopped, .reloaded, .reloadFailed,
            .configuration, .fileLimit, .controlFailed, .clientsDisconnected, .logsReopened,
            .eventsDropped:
            true
        default: false
        }
    }

    /// The journal's MESSAGE_ID: made once with `systemd-id128 new`, never changed.
    var messageID: String {
        switch self {
        case .listenerOpened: "57a82339e1034bd0bf5d051c44745031"
        case .listenerClosed: "46b5a55c1260468a842360ef7c87fae3"
        case .listenerPaused: "aecc46cbfb874aebbf07394730250b3f"
        case .listenerResumed: "1cc28b2d0d9946908ae5d66851ec6a40"
        case .clientClosed: "9987186581794e6c910c4a3ed54f16e9"
        case .clientRefused: "f21582cd9d674fe2bad0b37a10d3f4ea"
        case .handshakeFailed: "8e261c601cab40619441768aa611d590"
        case .handlerFailed: "bb82a32de2fc44f390467d27812e68c5"
        case .handlerRecord: "9c6a845c1dfe452486929148096c9cf0"
        case .hostUp: "1c61b61739b64b2b81af2132b82f2694"
        case .hostDown: "6175b850f139476d8552be0e56e558ae"
        case .hostOutdated: "dc0c0c0454db4e369d9727ad4d77d0c3"
        case .hostRemoved: "81903c88ed0d413494eb0c1a9fcedc25"
        case .certificateMade: "22a21ebea0114d2bb41ef5c5d5b8a901"
        case .certificateWarning: "ace274ac53134164acd2eaa72816cbfc"
        case .certificateReplaced: "5972148acb6d4b51b0c2e96634063861"
        case .certificateRefused: "a2f89e521bf84a72961590ace44ca767"
        case .starting: "9b8a1ba51f3b4375b3d04197bd30d906"
        case .ready: "ef2c53909bcd42a49b7a77c394662aac"
        case .stopping: "f755b384ba124eb8af3d48b52b6f3758"
        case .stopped: "91c59d37c6e847429f4d1b38c1f72092"
        case .reloaded: "0b4ccc015fe448f983da2f6d4145750b"
        case .reloadFailed: "0a848d7a67364874b84b5402f101b0eb"
        case .logsReopened: "0fdf00758c9c49b3b2b68b5826340241"
        case .configuration: "f3020e31c26b4b3f9e298420dbd3b802"
        case .fileLimit: "eb410131f73f4515a250436a1c47f8f6"
        case .controlFailed: "89a4e7e2cdcc4e0d87f6f2b2c1b6639f"
        case .clientsDisconnected: "02ea589f22f244779799d339594f2de6"
        case .eventsDropped: "5bb98473546e4766bf4b3cdc326dadc3"
        }
    }
}

extension EventLevel {
    /// The word on a terminal.
    fileprivate var word: String {
        switch self {
        case .error: "error"
        case .warning: "warning"
        case .notice: "notice"
        case .info: "info"
        case .debug: "debug"
        }
    }
}
