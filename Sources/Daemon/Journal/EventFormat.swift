internal import Configuration
internal import HandlerAPI
internal import NetworkTypes
internal import Serving
internal import Systemd

/// How each event looks, in the journal and on a terminal: the only place that decides it.
enum EventFormat {
    /// The sentence a person reads, without anything that a terminal would obey.
    static func message(_ event: ServerEvent) -> String {
        if let flood = event.flood { return sum(event, flood).printable }
        let subject = subject(event)
        let predicate = predicate(event)
        var message = event.detail
        // The detail of an event about no client, listener or host is its whole message.
        if let predicate, !subject.isEmpty {
            message = subject + predicate + (message.isEmpty ? "" : ": \(message)")
        }
        // A diagnostic has several lines.
        return message.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0).printable }.joined(separator: "\n")
    }

    /// The line that stands for the event where there is no journal.
    static func line(_ event: ServerEvent) -> String {
        "\(event.level.rawValue): \(message(event))\n"
    }

    /// Fills a native journal record.
    static func fill(_ record: inout JournalRecord, with event: ServerEvent) {
        record.append(.message, message(event))
        record.append(.priority, event.level.priority)
        record.append(.messageID, event.kind.messageID)
        record.append(.syslogIdentifier, "icshostd")
        if let tag = event.hostTag { record.append(.hostTag, tag) }
        if let handler = event.handler { record.append(.handler, handler) }
        if let listener = event.listener { record.append(.listener, listener) }
        if let reason = event.reason { record.append(.closeReason, reason.rawValue) }
        if let number = event.errorNumber { record.append(.errno, number) }
        if let loop = event.loop { record.append(.loop, loop) }
        if let flood = event.flood {
            record.append(.eventCount, flood.count)
            record.append(.clientNetwork, flood.origin.description)
        }
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
        if let group = client.tlsGroup { record.append(.tlsGroup, group) }
    }

    /// The sentence that stands for many events.
    private static func sum(_ event: ServerEvent, _ flood: EventFlood) -> String {
        let host = event.hostTag.map { " of \($0)" } ?? ""
        let seconds = FloodGate.windowTime / 1_000_000_000
        if let topic = event.topic {
            if event.kind == .hostDegraded {
                let host = event.hostTag.map { " with \($0)" } ?? ""
                return "\(topic): \(flood.count.counted("time"))\(host) in \(seconds) s"
            }
            return "\(topic): \(flood.count.counted("client"))\(host) in \(seconds) s"
        }
        let what =
            switch event.kind {
            case .clientRefused:
                flood.count.counted("client\(host) was refused", "clients\(host) were refused")
            case .handshakeFailed:
                flood.count.counted("handshake")
                    + (event.hostTag.map { " with \($0)" } ?? "") + " failed"
            case .handlerFailed:
                flood.count.counted("client")
                    + "\(host) met an error of handler \(event.handler ?? "?")"
            case .handlerRecord:
                flood.count.counted("record") + " of handlers about clients"
            default: flood.count.counted("client") + "\(host) ended"
            }
        let why = event.reason == nil ? "" : ": \(reason(event))"
        return "\(what) from \(flood.origin) in \(seconds) s\(why)"
    }

    /// Whom it is about.
    private static func subject(_ event: ServerEvent) -> String {
        if let client = event.client, event.kind != .hostDegraded {
            let name = client.serverName.map { " (\($0.printable))" } ?? ""
            let host = event.hostTag.map { " of \($0)" } ?? ""
            return "client \(client.address)\(name)\(host) on \(event.listener ?? "?")"
        }
        if let listener = event.listener, event.kind != .hostDegraded {
            return "listener \(listener)"
        }
        if let tag = event.hostTag {
            return "host \(tag)" + (event.hostSection.map { " [\($0)]" } ?? "")
        }
        return ""
    }

    /// What happened to it; nil where the event's detail is its whole message.
    private static func predicate(_ event: ServerEvent) -> String? {
        switch event.kind {
        case .listenerOpened: return " is open"
        case .listenerClosed: return " is closed"
        case .listenerPaused: return " waits before it accepts more"
        case .listenerResumed: return " accepts again"
        case .clientClosed: return " ended: \(ending(event))"
        case .clientRefused: return " was refused: \(reason(event))"
        case .handshakeFailed: return " did not finish its handshake: \(reason(event))"
        case .handlerFailed: return " met an error of handler \(event.handler ?? "?")"
        case .handlerRecord, .hostRecord: return ""
        case .hostUp: return " is up"
        case .hostDown: return " is left out"
        case .hostDegraded: return " is degraded"
        case .hostOutdated: return " goes on as it was"
        case .hostRemoved: return " is no longer configured"
        case .certificateMade: return " has no certificate"
        case .certificateWarning: return " has a certificate with a flaw"
        case .certificateReplaced: return " shows a new certificate"
        case .certificateRefused: return " keeps its certificate, since the new one is no good"
        case .trustReplaced: return " checks clients by new authorities or revocation lists"
        case .trustRefused:
            return " keeps its authorities and revocation lists, since the new ones are no good"
        case .starting, .stopping, .stopped, .reloaded, .reloadFailed, .configuration,
            .fileLimit, .controlFailed, .controlReturned, .clientsDisconnected, .logsReopened,
            .loopSilent, .loopAnswered, .eventsDropped:
            return nil
        }
    }

    private static func ending(_ event: ServerEvent) -> String {
        guard let client = event.client else { return reason(event) }
        let seconds = Double(client.microseconds / 1000) / 1000
        return "\(reason(event)), \(Int(clamping: client.bytesIn).counted("byte")) in, "
            + "\(Int(clamping: client.bytesOut).counted("byte")) out,"
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
        case .aborted: "what it was sent is not complete"
        case .handshakeTimeout: "it took too long"
        case .handshakeFailed: "it failed"
        case .unrecognizedName: "its server name is not served here"
        case .tooManyClients: "there are MaxClients already"
        case .hostTooBusy: "the last tenth of MaxClients is for hosts with fewer clients"
        case .hostDown: "its host is left out"
        case .drained: "the drain period is over"
        case .disconnectedByOperator: "an operator ended it"
        case .systemError: "the system refused"
        case nil: "unknown"
        }
    }
}
