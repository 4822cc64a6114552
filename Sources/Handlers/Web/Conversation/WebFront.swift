internal import Files
internal import HTTP
internal import HandlerAPI

/// Speaks HTTP/1 with one client, from one rest to the next.
///
/// Theory of operation: a client that waits for nothing has no task, and most requests need none.
/// Heads are read straight from the buffer that the loop lends, and all that are complete are answered;
/// in the common case nothing is copied and nothing is allocated. Only what cannot be
/// finished at once is taken out of the buffer and waited for, in a task: a head whose end is missing, a
/// content, a long answer, a peer that reads slowly.
enum WebFront {
    /// What the bytes that are here came to.
    enum Step {
        /// All requests that came are answered.
        case idle
        case close(Afterwards)
        /// The kernel takes no more for now.
        case mustFlush
        case head(PartialHead)
        case content(PendingContent)
        case reply(Reply, AccessRecord?)
    }

    /// How long a client between two requests may still send one when the server drains.
    static let lastCall = Duration.seconds(1)

    /// Answers what has come to a client at rest, as far as that takes no wait.
    static func serveAtOnce(_ client: Client, of site: Site) throws -> ServedAtOnce {
        var responder = Responder(client, site)
        do throws(any Error) {
            while true {
                var step = Step.idle
                switch try client.readArrived({ step = answer($0, &responder) }) {
                case .nothing where client.isDraining:
                    return .goOn { [responder] client in
                        try await serve(client, of: site, from: (.idle, responder))
                    }
                case .nothing: return .done(rest(responder))
                case .end: return .done(.close)
                case .bytes: break
                }
                switch step {
                case .idle: continue
                case .close(let afterwards): return .done(afterwards)
                default: break
                }
                return .goOn { [step, responder] client in
                    try await serve(client, of: site, from: (step, responder))
                }
            }
        } catch {
            return .done(try end(client, of: site, error))
        }
    }

    /// Serves a client until it waits for nothing.
    ///
    /// - Parameters:
    ///   - client: the connection.
    ///   - site: whose it is.
    ///   - begun: what has come and could not be finished at once.
    /// - Throws: whatever ends the client.
    /// - Returns: what comes next.
    static func serve(
        _ client: Client, of site: Site, from begun: (Step, Responder)? = nil
    ) async throws -> Afterwards {
        do {
            return try await converse(client, of: site, from: begun)
        } catch {
            return try end(client, of: site, error)
        }
    }

    /// Answers a head that is too long to be kept; all else passes.
    private static func end(
        _ client: Client, of site: Site, _ error: any Error
    ) throws -> Afterwards {
        guard case ClientError.putBackLimitExceeded = error else { throw error }
        refuse(client, of: site, .headTooLarge)
        return .close
    }

    /// The client waits for nothing: as long as the site of its last request lets it.
    private static func rest(_ responder: Responder) -> Afterwards {
        responder.client.setDeadline(after: responder.site.limits.keepAlive)
        return .rest
    }

    private static func converse(
        _ client: Client, of site: Site, from begun: (Step, Responder)?
    ) async throws -> Afterwards {
        var (step, responder) = begun ?? (.idle, Responder(client, site))
        var arrival = Arrival.bytes
        if begun == nil { arrival = try client.readArrived { step = answer($0, &responder) } }
        // Not woken by bytes: by the deadline, which this wait tells, or by the drain.
        if arrival == .nothing { (arrival, step) = try await waitForRequest(&responder) }
        while arrival != .end {
            if let afterwards = try await finish(step, &responder) { return afterwards }
            step = .idle
            arrival = try client.readArrived { step = answer($0, &responder) }
            if arrival == .nothing {
                guard client.isDraining else { return rest(responder) }
                (arrival, step) = try await waitForRequest(&responder)
            }
        }
        return .close
    }

    /// Waits for a request of a client that does not know that the server drains.
    ///
    /// It may be on its way: the first one of a client that has just connected gets its answer however
    /// long that is allowed to take, the next one of another within ``lastCall``.
    private static func waitForRequest(
        _ responder: inout Responder
    ) async throws -> (Arrival, Step) {
        let client = responder.client
        if client.isDraining, client.note > 0 {
            client.setDeadline(after: min(lastCall, responder.site.limits.keepAlive))
        }
        var step = Step.idle
        do {
            let isOpen = try await client.read { step = answer($0, &responder) }
            return (isOpen ? .bytes : .end, step)
        } catch ClientError.timedOut {
            return (.end, .idle)
        }
    }

    /// Answers the requests that are complete.
    private static func answer(
        _ bytes: Span<UInt8>, _ responder: inout Responder
    ) -> Step {
        var start = 0
        while start < bytes.count {
            let rest = bytes.extracting(droppingFirst: start)
            var parser = RequestHeadParser()
            do throws(RequestFault) {
                guard try parser.parse(rest) else {
                    responder.client.putBack(rest)
                    return .head(PartialHead(parser))
                }
            } catch {
                if beginsTLS(rest, responder.client) { return refuseTLS(responder.client) }
                responder.begin(parser.head, in: rest)
                return refuse(error.status, parser.head, rest, &responder)
            }
            let (step, taken) = take(parser.head, rest, &responder)
            start += taken
            if case .idle = step, !responder.client.mustFlush { continue }
            if case .close = step, start == bytes.count, parser.head.isLast {
                return .close(.closeAtOnce)
            }
            if start < bytes.count {
                responder.client.putBack(bytes.extracting(droppingFirst: start))
            }
            if case .idle = step { return .mustFlush }
            return step
        }
        return .idle
    }

    /// Answers one request, or says what it takes.
    private static func take(
        _ head: RequestHead, _ bytes: Span<UInt8>, _ responder: inout Responder
    ) -> (Step, taken: Int) {
        responder.begin(head, in: bytes)
        guard head.framing != .none else {
            return (reply(to: head, bytes, &responder), head.end)
        }
        do throws(RequestFault) {
            return try takeContent(of: head, bytes, &responder)
        } catch {
            return (refuse(error.status, head, bytes, &responder), bytes.count)
        }
    }

    /// Answers a request with a content, or says what it takes.
    private static func takeContent(
        of head: RequestHead, _ bytes: Span<UInt8>, _ responder: inout Responder
    ) throws(RequestFault) -> (Step, taken: Int) {
        let limits = responder.site.limits
        if case .length(let length) = head.framing, length > limits.content {
            throw .contentTooLarge
        }
        let isRead = head.method == .get || head.method == .head
        if head.expectsContinue {
            // What will be refused anyway need not be sent.
            guard isRead else {
                return (reply(to: head, bytes, &responder, isLast: true), head.end)
            }
            let goOn = WebAnswer.goOn
            responder.client.send(goOn.span)
        }
        var decoder = ContentDecoder(head.framing)
        // In range: places in the bytes.
        let taken = head.end + (try decoder.consume(bytes.extracting(droppingFirst: head.end)))
        try PendingContent.check(decoder, limits)
        if decoder.isDone { return (reply(to: head, bytes, &responder), taken) }
        var copy: [UInt8] = []
        copy.reserveCapacity(head.end)
        for index in 0..<head.end { copy.append(bytes[index]) }
        return (.content(PendingContent(head, copy, decoder, limits)), taken)
    }

    private static func reply(
        to head: RequestHead, _ bytes: Span<UInt8>, _ responder: inout Responder,
        isLast: Bool = false
    ) -> Step {
        let reply = responder.answer(head, in: bytes, mustClose: isLast)
        let record = responder.site.log == nil ? nil : AccessRecord(head, in: bytes)
        if case .nothing = reply.rest {
            record?.finish(reply, responder)
            return responder.persists ? .idle : .close(.close)
        }
        return .reply(reply, record)
    }

    /// Does what could not be done at once.
    ///
    /// - Returns: how the connection ends; nil when it goes on.
    private static func finish(
        _ step: Step, _ responder: inout Responder
    ) async throws -> Afterwards? {
        let client = responder.client
        switch step {
        case .idle:
            return nil
        case .close(let afterwards):
            return afterwards
        case .mustFlush:
            client.setDeadline(after: responder.site.limits.transfer)
            try await client.flush()
            return nil
        case .head(let partial):
            guard let next = try await complete(partial, &responder) else { return .close }
            return try await finish(next, &responder)
        case .content(let content):
            let bytes = content.bytes
            var refusal: Status?
            do {
                guard try await content.read(from: client) else { return .close }
            } catch let fault as RequestFault {
                refusal = fault.status
            } catch ClientError.timedOut {
                refusal = .requestTimeout
            }
            if let refusal { _ = refuse(refusal, content.head, bytes.span, &responder) }
            if refusal != nil { return .close }
            let next = reply(to: content.head, bytes.span, &responder)
            return try await finish(next, &responder)
        case .reply(let reply, let record):
            guard let done = try await complete(reply, responder) else { return .abort }
            record?.finish(done, responder)
            return responder.persists ? nil : .close
        }
    }

    /// Waits for the end of a head, and answers it.
    private static func complete(
        _ partial: PartialHead, _ responder: inout Responder
    ) async throws -> Step? {
        let client = responder.client
        client.setDeadline(after: responder.own.limits.head)
        var step: Step?
        while step == nil {
            do {
                let isOpen = try await client.read { bytes in
                    step = goOn(partial, bytes, &responder)
                }
                guard isOpen else { return nil }
            } catch ClientError.timedOut {
                if partial.hasBegun {
                    refuse(client, of: responder.own, .requestTimeout)
                }
                return nil
            }
        }
        return step
    }

    /// Reads on in a head.
    ///
    /// - Returns: what came of it; nil while it is not complete.
    private static func goOn(
        _ partial: PartialHead, _ bytes: Span<UInt8>, _ responder: inout Responder
    ) -> Step? {
        do throws(RequestFault) {
            guard let head = try partial.parse(bytes) else {
                responder.client.putBack(bytes)
                return nil
            }
            let (step, taken) = take(head, bytes, &responder)
            if taken < bytes.count {
                responder.client.putBack(bytes.extracting(droppingFirst: taken))
            }
            return step
        } catch {
            responder.begin(partial.head, in: bytes)
            return refuse(error.status, partial.head, bytes, &responder)
        }
    }

    /// Sends the rest of an answer.
    ///
    /// - Returns: the answer as it was sent; nil when it was cut short.
    private static func complete(
        _ reply: Reply, _ responder: Responder
    ) async throws -> Reply? {
        let client = responder.client
        switch reply.rest {
        case .nothing:
            return reply
        case .transfer(let transfer):
            let time = responder.site.limits.transfer
            return try await transfer.send(to: client, within: time) ? reply : nil
        case .listing(let folder, let path):
            client.setDeadline(after: responder.site.limits.transfer)
            let page: [UInt8]
            do {
                page = try await client.offLoop {
                    FolderPage.content(try FolderListing(folder), path: path)
                }
            } catch let trouble as FileTrouble {
                var responder = responder
                let refused = responder.refuse(trouble, path: path)
                try await client.flush()
                return refused
            }
            let sent = responder.sendPage(.ok, "text/html; charset=utf-8", page)
            try await client.flush()
            return sent
        }
    }

    /// Ends the connection with an answer of the site that was asked, as far as that is known.
    private static func refuse(
        _ status: Status, _ head: RequestHead, _ bytes: Span<UInt8>, _ responder: inout Responder
    ) -> Step {
        let reply = responder.refuse(status, mustClose: true)
        AccessRecord(head, in: bytes).finish(reply, responder)
        return .close(.close)
    }

    /// Whether a plain client begins a TLS handshake: with a record of type 22 (RFC 8446, 5.1), where a
    /// request has a letter.
    private static func beginsTLS(_ bytes: Span<UInt8>, _ client: Client) -> Bool {
        client.tlsVersion == nil && bytes[0] == 22 && (bytes.count < 2 || bytes[1] == 3)
    }

    /// Ends a client that takes the port for one of SSL, in words that it understands.
    private static func refuseTLS(_ client: Client) -> Step {
        // The fatal alert handshake_failure.
        let alert: [UInt8] = [21, 3, 3, 0, 2, 2, 40]
        client.send(alert.span)
        client.log(.info, about: "a TLS handshake came to a plain port", "https:// was asked of it")
        return .close(.close)
    }

    /// Answers what never became a request.
    private static func refuse(_ client: Client, of site: Site, _ status: Status) {
        var responder = Responder(client, site)
        let reply = responder.refuse(status, mustClose: true)
        site.log?.refused(reply, client, responder.loop)
    }
}
