internal import HTTP
internal import HandlerAPI

/// A client's conversation in HTTP/1, from one rest to the next.
///
/// Theory of operation: a client that waits for nothing has no task, and most requests need none.
/// Heads are parsed in the buffer that the loop lends, and every complete request in it is answered; in
/// the common case nothing is copied and nothing is allocated. What cannot be finished at once becomes
/// a ``Step`` that a task performs: a head or content that is incomplete, a long answer, a peer that
/// reads slowly.
///
/// The conversation is about the connection: where a request begins and ends, how long the client may
/// take, whether the connection stays open. ``Responder`` decides the answer of one request, and
/// ``ResponseWriter`` puts it into the form of HTTP/1. Another version of HTTP needs another
/// conversation and another writer; another source of answers needs another responder.
struct HTTPConversation {
    /// What has to be done before the next request is read.
    enum Step {
        /// Nothing: every request that arrived is answered.
        case none
        case close(Afterwards)
        /// Wait until the kernel takes more.
        case flush
        case readHead(PartialHead)
        case readContent(PendingContent)
        case finish(Reply, AccessRecord?)
    }

    /// How long a client between two requests may still send one while the server drains.
    static let lastCall = Duration.seconds(1)

    let client: Client
    var responder: Responder

    /// Begins, or resumes after a rest.
    ///
    /// - Parameters:
    ///   - client: the connection.
    ///   - site: the site of the host that accepted it.
    init(_ client: Client, of site: Site) {
        self.client = client
        responder = Responder(client, site)
    }

    /// Answers the requests that arrived at rest, as far as that takes no wait.
    ///
    /// - Throws: ``ClientError``.
    mutating func answerArrived() throws -> ServedAtOnce {
        while true {
            var step = Step.none
            switch try client.readArrived({ step = answer($0) }) {
            case .nothing where client.isDraining: return continued(with: .none)
            case .nothing: return .done(rest())
            case .end: return .done(.close)
            case .bytes: break
            }
            switch step {
            case .none: continue
            case .close(let afterwards): return .done(afterwards)
            default: return continued(with: step)
            }
        }
    }

    /// Has a task perform a step and continue.
    private func continued(with step: Step) -> ServedAtOnce {
        .goOn { [self] _ in
            var conversation = self
            return try await conversation.converse(.bytes, step)
        }
    }

    /// Serves the client until it waits for nothing.
    ///
    /// - Throws: ``ClientError``.
    mutating func serve() async throws -> Afterwards {
        var step = Step.none
        var arrival = try client.readArrived { step = answer($0) }
        // Not woken by bytes: by the deadline, which this wait reports, or by the drain.
        if arrival == .nothing { (arrival, step) = try await waitForRequest() }
        return try await converse(arrival, step)
    }

    private mutating func converse(
        _ arrival: Arrival, _ step: Step
    ) async throws -> Afterwards {
        var (arrival, step) = (arrival, step)
        while arrival != .end {
            if let afterwards = try await perform(step) { return afterwards }
            step = .none
            arrival = try client.readArrived { step = answer($0) }
            if arrival == .nothing {
                guard client.isDraining else { return rest() }
                (arrival, step) = try await waitForRequest()
            }
        }
        return .close
    }

    /// Lets the client rest, as long as the site of its last request allows.
    private func rest() -> Afterwards {
        client.setDeadline(after: responder.site.limits.keepAlive)
        return .rest
    }

    /// Waits for a request of a client that does not know that the server drains.
    ///
    /// It may be on its way: a client that has just connected keeps its deadline for the first one, any other
    /// has ``lastCall``.
    private mutating func waitForRequest() async throws -> (Arrival, Step) {
        if client.isDraining, client.note > 0 {
            let keepAlive = responder.site.limits.keepAlive
            client.setDeadline(after: min(HTTPConversation.lastCall, keepAlive))
        }
        var step = Step.none
        do {
            let isOpen = try await client.read { step = answer($0) }
            return (isOpen ? .bytes : .end, step)
        } catch ClientError.timedOut {
            return (.end, .none)
        }
    }

    /// Performs a step.
    ///
    /// - Returns: how the connection ends; nil when it stays open.
    private mutating func perform(_ step: Step) async throws -> Afterwards? {
        switch step {
        case .none:
            return nil
        case .close(let afterwards):
            return afterwards
        case .flush:
            client.setDeadline(after: responder.site.limits.transfer)
            try await client.flush()
            return nil
        case .readHead(let partial):
            guard let next = try await read(partial) else { return .close }
            return try await perform(next)
        case .readContent(let content):
            guard let next = try await read(content) else { return .close }
            return try await perform(next)
        case .finish(let reply, let record):
            guard let sent = try await finish(reply) else { return .abort }
            record?.write(sent, by: responder)
            return responder.persists ? nil : .close
        }
    }

    /// Reads a head to its end, and answers the request.
    ///
    /// - Returns: nil when the client has ended its side or was too slow.
    private mutating func read(_ partial: PartialHead) async throws -> Step? {
        client.setDeadline(after: responder.own.limits.head)
        var step: Step?
        while step == nil {
            do {
                guard try await client.read({ step = resume(partial, $0) }) else { return nil }
            } catch ClientError.timedOut {
                if partial.hasBegun { refuseSlowHead() }
                return nil
            }
        }
        return step
    }

    /// Reads the content of a request to its end, and answers the request.
    ///
    /// - Returns: nil when the client has ended its side.
    private mutating func read(_ content: PendingContent) async throws -> Step? {
        let bytes = content.bytes
        do {
            guard try await content.read(from: client) else { return nil }
        } catch let fault as RequestFault {
            return refuse(fault.status, content.head, bytes.span)
        } catch ClientError.timedOut {
            return refuse(.requestTimeout, content.head, bytes.span)
        }
        return reply(to: content.head, bytes.span)
    }

    /// Sends the rest of an answer.
    ///
    /// - Returns: the answer as it was sent; nil when it was cut short.
    private func finish(_ reply: Reply) async throws -> Reply? {
        let limit = responder.site.limits.transfer
        switch reply.rest {
        case .nothing:
            return reply
        case .transfer(let transfer):
            return try await transfer.send(to: client, within: limit) ? reply : nil
        case .listing(let folder, let path):
            client.setDeadline(after: limit)
            let sent = try await responder.list(folder, path: path)
            try await client.flush()
            return sent
        }
    }
}
