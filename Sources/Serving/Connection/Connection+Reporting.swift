internal import HandlerAPI
internal import Platform
internal import TLS

extension Connection {
    /// Reports how the connection ended, once.
    func reportEnd(_ detail: String, serverName: String? = nil, by refusal: AccessRefusal? = nil) {
        guard !has(.reported) else { return }
        raise(.reported)
        let phase = phase == .closed ? ClientInfo.Phase.closed : .closing
        let detail = detail.isEmpty && reason == cutReason ? extras?.cutDetail ?? "" : detail
        switch reason {
        case .tooManyClients, .hostTooBusy, .notAdmitted, .addressDenied, .untrustedProxy,
            .proxyHeader, .hostDown, .unrecognizedName:
            worker.counters.refused.increment()
            worker.events.observe {
                $0.refused(currentInfo(serverName: serverName, entering: phase), reason)
            }
            // The operator trusts the balancer, and one of both is set up wrongly.
            let level = reason == .proxyHeader ? LogLevel.warning : .info
            report(.clientRefused, level, detail, serverName: serverName, refusal: refusal)
        case .handshakeFailed, .handshakeTimeout:
            worker.counters.handshakesFailed.increment()
            worker.events.observe { observer in
                let text = detail.isEmpty ? "it took too long" : detail
                observer.handshakeFailed(
                    currentInfo(serverName: serverName, entering: phase), text)
            }
            report(.handshakeFailed, .info, detail, serverName: serverName)
        case .served, .peerClosed:
            report(.clientClosed, .debug, detail)
        case .disconnected, .timeout, .targetFailed, .aborted, .protocolError, .handlerError,
            .drained, .disconnectedByOperator, .disconnectedByProgram:
            if reason == .drained { worker.counters.drained.increment() }
            report(.clientClosed, .info, detail)
        case .systemError:
            report(.clientClosed, .warning, detail)
        }
    }

    /// Reports that another host than its own does not admit the client, which stays with its own.
    func noteDenial(_ refusal: AccessRefusal, for name: Span<UInt8>) {
        worker.counters.refused.increment()
        report(.clientRefused, .info, "", serverName: String(copying: name), refusal: refusal)
    }

    /// Reports to the observer that a client is closed, unless it was refused or has failed before it had a host.
    func observeEnd() {
        switch reason {
        case .tooManyClients, .hostTooBusy, .notAdmitted, .addressDenied, .untrustedProxy,
            .proxyHeader, .hostDown, .unrecognizedName:
            return
        case .handshakeFailed, .handshakeTimeout: if host == nil { return }
        case .served, .peerClosed, .disconnected, .timeout, .targetFailed, .aborted, .protocolError,
            .handlerError, .drained, .disconnectedByOperator, .disconnectedByProgram, .systemError:
            break
        }
        worker.events.observe { $0.disconnected(currentInfo(), reason) }
    }

    /// Posts an event about this client, if its level is logged.
    func report(
        _ kind: EventKind, _ level: LogLevel, _ detail: String, serverName name: String? = nil,
        topic: String? = nil, refusal: AccessRefusal? = nil
    ) {
        guard worker.events.wants(level) else { return }
        let serverName = name ?? serverName
        var event = ServerEvent(
            kind, level, hostTag: host?.tag ?? router?.tag(for: serverName),
            listener: listener.name, detail: detail)
        event.handler = host?.handlerName
        event.reason = kind == .handlerRecord ? nil : reason
        if let refusal {
            event.reason = refusal.reason
            event.detail = refusal.description
            event.limit = ServerEvent.Limit(name: refusal.limit, place: refusal.place)
        }
        event.client = facts(serverName: name)
        event.topic = topic
        worker.events.post(event)
    }

    private var tlsGroup: String? {
        guard let tls else { return nil }
        return tls.session.group
    }

    /// What is known of the client now; `name` is the server name, where libssl does not know it.
    func facts(serverName name: String? = nil) -> ClientFacts {
        var facts = ClientFacts(
            id: number, address: peer, serverName: name ?? serverName,
            tlsVersion: isHandshakeOver ? tlsVersion : nil,
            tlsGroup: isHandshakeOver ? tlsGroup : nil,
            bytesIn: bytesIn, bytesOut: bytesOut,
            microseconds: (MonotonicClock.now() - acceptedAt) / 1000)
        facts.via = via?.address
        return facts
    }
}
