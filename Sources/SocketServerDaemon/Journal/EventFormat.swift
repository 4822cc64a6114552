internal import Configuration
internal import HandlerAPI
internal import NetworkTypes
internal import Serving
internal import Systemd
internal import TextFormats

/// The text and the journal fields of each event, formatted nowhere else.
enum EventFormat {
    /// The message, without control characters.
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

    /// The line for standard error, where there is no journal.
    static func line(_ event: ServerEvent) -> String {
        "\(event.level.rawValue): \(message(event))\n"
    }

    /// Fills in the fields of a journal record.
    static func fill(_ record: inout JournalRecord, with event: ServerEvent) {
        record.append(.message, message(event))
        record.append(.priority, event.level.priority)
        record.append(.messageID, event.kind.messageID)
        record.append(.syslogIdentifier, ProgramIdentity.command)
        if let tag = event.hostTag { record.append(.hostTag, tag) }
        if let handler = event.handler { record.append(.handler, handler) }
        if let listener = event.listener { record.append(.listener, listener) }
        if let reason = event.reason { record.append(.closeReason, reason.rawValue) }
        if let number = event.errorNumber { record.append(.errno, number) }
        if let limit = event.limit {
            record.append(.limit, limit.name)
            record.append(.limitPlace, limit.place)
        }
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
        if let via = client.via { record.append(.clientVia, via.ip.description) }
        record.append(.bytesIn, client.bytesIn)
        record.append(.bytesOut, client.bytesOut)
        record.append(.durationMicroseconds, client.microseconds)
        if let name = client.serverName { record.append(.serverName, name) }
        if let version = client.tlsVersion { record.append(.tlsVersion, version) }
        if let group = client.tlsGroup { record.append(.tlsGroup, group) }
    }

    /// The message that summarizes a flood of events.
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
        let events =
            switch event.kind {
            case .clientRefused:
                flood.count.counted("client\(host) was refused", "clients\(host) were refused")
            case .handshakeFailed:
                flood.count.counted("handshake")
                    + (event.hostTag.map { " with \($0)" } ?? "") + " failed"
            case .handlerFailed:
                "handler \(event.handler ?? "?") failed for \(flood.count.counted("client"))\(host)"
            case .handlerRecord:
                flood.count.counted("record") + " of handlers about clients"
            default: flood.count.counted("client") + "\(host) closed"
            }
        let isTold = event.reason == nil || event.reason == .handshakeFailed
        let limit = event.limit.map { ": \($0.name) (\($0.place))" } ?? ""
        let cause = isTold ? "" : ": \(reason(event))\(limit)"
        return "\(events) from \(flood.origin) in \(seconds) s\(cause)"
    }

    /// The client, listener or host of the event; empty for the daemon as a whole.
    private static func subject(_ event: ServerEvent) -> String {
        if let client = event.client, event.kind != .hostDegraded {
            let name = client.serverName.map { " (\($0.printable))" } ?? ""
            let host = event.hostTag.map { " of \($0)" } ?? ""
            let via = client.via.map { " via \($0.ip)" } ?? ""
            return "client \(client.address)\(via)\(name)\(host) on \(event.listener ?? "?")"
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
        case .listenerPaused: return " is paused"
        case .listenerResumed: return " accepts clients again"
        case .clientClosed: return " closed: \(ending(event))"
        case .clientRefused: return " was refused: \(reason(event))"
        case .handshakeFailed:
            return " failed its TLS handshake"
                + (event.reason == .handshakeFailed ? "" : ": \(reason(event))")
        case .handlerFailed: return ": handler \(event.handler ?? "?") failed"
        case .handlerRecord, .hostRecord: return ""
        case .hostUp: return " is up"
        case .hostDown: return " is down"
        case .hostDegraded: return " is degraded"
        case .hostOutdated: return " keeps its previous settings"
        case .hostRemoved: return " is no longer configured"
        case .certificateMade: return " has no certificate"
        case .certificateWarning: return " has a certificate problem"
        case .certificateReplaced: return " uses a new certificate"
        case .certificateRefused: return " keeps its certificate because the new one cannot be used"
        case .trustReplaced: return " verifies clients against new authorities or revocation lists"
        case .trustRefused:
            return " keeps its authorities and revocation lists because the new ones cannot be used"
        case .starting, .stopping, .stopped, .reloaded, .reloadFailed, .configuration,
            .fileLimit, .controlFailed, .controlReturned, .clientsDisconnected, .logsReopened,
            .addressListReplaced, .addressListRefused,
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
        case .peerClosed: "closed by the client"
        case .disconnected: "connection lost"
        case .timeout: "timed out"
        case .protocolError: "protocol error"
        case .targetFailed: "target failed"
        case .handlerError: "handler failed"
        case .aborted: "aborted before all data was sent"
        case .handshakeTimeout: "timed out"
        case .handshakeFailed: "TLS handshake failed"
        case .unrecognizedName: "no host has its server name"
        case .tooManyClients: "MaxClients are connected"
        case .addressDenied: "the address may not connect"
        case .notAdmitted: "the program does not admit it"
        case .untrustedProxy: "only load balancers may connect"
        case .proxyHeader: "no valid header of the PROXY protocol"
        case .hostTooBusy: "the last tenth of MaxClients is reserved for hosts with fewer clients"
        case .hostDown: "its host is down"
        case .drained: "DrainTimeout expired"
        case .disconnectedByOperator: "disconnected by an operator"
        case .disconnectedByProgram: "disconnected by the program"
        case .systemError: "system error"
        case nil: "unknown"
        }
    }
}
