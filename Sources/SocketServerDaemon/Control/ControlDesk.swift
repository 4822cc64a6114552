internal import Configuration
internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
internal import Planning
internal import Platform
internal import Serving

/// Executes the requests of control clients, on the supervisor's loop.
final class ControlDesk: @unchecked Sendable {
    // Sendable because it is confined to the supervisor's loop: client loops post their results there.
    private let loop: EventLoop
    private let server: Server
    private let journal: EventJournal
    private let reloader: Reloader
    private let report: () -> ServiceReport

    /// Creates a desk.
    ///
    /// - Parameters:
    ///   - loop: the supervisor's.
    ///   - server: the server whose clients it lists and disconnects.
    ///   - journal: logs the actions of operators.
    ///   - reloader: reloads the configuration.
    ///   - report: returns the state of the service.
    init(
        on loop: EventLoop, server: Server, journal: EventJournal, reloader: Reloader,
        report: @escaping () -> ServiceReport
    ) {
        self.loop = loop
        self.server = server
        self.journal = journal
        self.reloader = reloader
        self.report = report
    }

    /// Executes a request, and answers the session.
    func perform(_ request: ControlRequest, for session: ControlSession) {
        switch request {
        case .status(let host):
            guard let parts = report().lines(ofHost: host) else {
                return session.fail(.unknownHost(host ?? ""))
            }
            let lines = parts.makeIterator()
            session.stream({ lines.next() }, then: { session.finish() })
        case .clients(let selection):
            list(
                selection, ofLoop: 0, from: 0, count: 0, at: MonotonicClock.now(), for: session)
        case .disconnect(let selection):
            disconnect(selection, ofLoop: 0, from: 0, count: 0, for: session)
        case .reload:
            session.waitWithoutLimit()
            reloader.reload { outcome in self.answer(session, with: outcome) }
        case .plan:
            session.waitWithoutLimit()
            reloader.preview { outcome in
                var line = JSONLine(part: "running")
                line.add("configuration", self.reloader.running.path)
                guard session.isOpen else { return }
                session.add(line)
                guard let preview = outcome.preview else {
                    return self.answer(session, with: outcome)
                }
                var lines = preview.lines.makeIterator()
                session.stream({ lines.next() }, then: { session.finish() })
            }
        }
    }

    private func answer(_ session: ControlSession, with outcome: ReloadOutcome) {
        guard session.isOpen else { return }
        var texts = outcome.text.split(separator: "\n").map(String.init).makeIterator()
        var hosts = outcome.leftOut.makeIterator()
        session.stream {
            if let host = hosts.next() { return host.line }
            return texts.next().map { text in
                var line = JSONLine(part: "message")
                line.add("text", text)
                return line
            }
        } then: {
            guard !outcome.isGood else { return session.finish() }
            session.fail(
                ControlRequest.Mistake(
                    code: "not-applied", message: "nothing has changed: see the messages"))
        }
    }

    /// Lists the clients of one loop after the other; ages are those at one moment.
    private func list(
        _ selection: ClientSelection, ofLoop number: Int, from place: Int, count: Int,
        at moment: UInt64, for session: ControlSession
    ) {
        guard number < server.loopCount else {
            if count == 0, let name = unknownHost(selection) {
                return session.fail(.unknownHost(name))
            }
            return session.finish()
        }
        server.clients(ofLoop: number, from: place, selection) { clients, next in
            self.loop.perform {
                guard session.isOpen else { return }
                for client in clients { session.add(client.line(at: moment)) }
                session.flush {
                    let (number, place) = next.map { (number, $0) } ?? (number + 1, 0)
                    self.list(
                        selection, ofLoop: number, from: place, count: count + clients.count,
                        at: moment, for: session)
                }
            }
        }
    }

    private func disconnect(
        _ selection: ClientSelection, ofLoop number: Int, from place: Int, count: Int,
        for session: ControlSession
    ) {
        guard number < server.loopCount else {
            if count == 0, let name = unknownHost(selection) {
                return session.fail(.unknownHost(name))
            }
            if count == 0, case .id(let id) = selection {
                return session.fail(
                    ControlRequest.Mistake(
                        code: "unknown-client", message: "no client has the number \(id)"))
            }
            var line = JSONLine(part: "disconnected")
            line.add("clients", count)
            session.add(line)
            journal.post(
                ServerEvent(
                    .clientsDisconnected, .notice,
                    detail: "an operator disconnected \(count.counted("client")): \(selection)"))
            return session.finish()
        }
        server.disconnect(ofLoop: number, from: place, selection) { found, next in
            self.loop.perform {
                guard session.isOpen else { return }
                let (number, place) = next.map { (number, $0) } ?? (number + 1, 0)
                self.disconnect(
                    selection, ofLoop: number, from: place, count: count + found, for: session)
            }
        }
    }
}

extension ControlDesk {
    /// The name in a selection that no host of the running configuration has.
    private func unknownHost(_ selection: ClientSelection) -> String? {
        guard case .host(let name) = selection else { return nil }
        return server.opened.plan.hosts.contains { $0.isNamed(name) } ? nil : name
    }
}

extension ControlRequest.Mistake {
    fileprivate static func unknownHost(_ name: String) -> ControlRequest.Mistake {
        ControlRequest.Mistake(
            code: "unknown-host", message: "no host has the tag or the section \(name.quoted)")
    }
}

extension ClientRecord {
    /// The client as a line of an answer, with its age at a moment.
    fileprivate func line(at moment: UInt64) -> JSONLine {
        var line = JSONLine(part: "client")
        line.add("id", facts.id)
        line.add("host", hostTag)
        line.add("section", section)
        line.add("handler", handler)
        line.add("address", facts.address.description)
        line.add("via", facts.via?.description)
        line.add("listener", listener)
        line.add("server_name", facts.serverName)
        line.add("tls_version", facts.tlsVersion)
        line.add("tls_group", facts.tlsGroup)
        line.add("phase", phase)
        line.add("loop", loop)
        line.add("bytes_in", facts.bytesIn)
        line.add("bytes_out", facts.bytesOut)
        line.add("age_seconds", Double(moment - min(acceptedAt, moment)) / 1e9)
        return line
    }
}

extension ReloadOutcome.Preview {
    /// A line of an answer for each change, and one that counts the unchanged items.
    fileprivate var lines: [JSONLine] {
        var rest = JSONLine(part: "message")
        rest.add("text", difference.rest)
        return difference.steps.map { step in
            var line = JSONLine(part: "change")
            let count = step.oldHost.map { clients[$0] }
            let remark = count.map { $0 > 0 ? " (\($0.counted("client")))" : "" } ?? ""
            line.add("text", step.text + remark)
            line.add("subject", step.subject.rawValue)
            line.add("change", step.change.rawValue)
            line.add("name", step.name)
            if !step.keys.isEmpty { line.add("keys", step.keys.joined(separator: ", ")) }
            line.add("clients", count)
            if let host = step.oldHost { line.add("serves", serving.contains(host)) }
            if step.needsRestart { line.add("restart", true) }
            return line
        } + [rest]
    }
}

extension ReloadOutcome.LeftOut {
    /// The host as a line of an answer.
    fileprivate var line: JSONLine {
        var line = JSONLine(part: "not_applied")
        line.add("section", host.section)
        line.add("tag", host.tag)
        line.add("outdated", isOutdated)
        line.add("reason", trouble.message)
        line.add("place", "\(trouble.location)")
        return line
    }
}
