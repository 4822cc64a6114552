internal import Files
internal import HTTP1
internal import HandlerAPI

/// Speaks HTTP/1 with one client, from one rest to the next.
///
/// Theory of operation: a client that waits for nothing has no task. Its next bytes start one, which
/// reads heads straight from the buffer that the loop lends, answers all that are complete, and goes
/// back to rest; in the common case nothing is copied and nothing is allocated. Only what cannot be
/// finished at once is taken out of the buffer and waited for: a head whose end is missing, a
/// content, a long answer, a peer that reads slowly.
enum WebFront {
    /// What the bytes that are here came to.
    private enum Step {
        /// All requests that came are answered.
        case idle
        case close
        /// The kernel takes no more for now.
        case mustFlush
        case head(PartialHead)
        case content(PendingContent)
        case reply(Reply, AccessRecord?)
    }

    static func serve(_ client: Client, of site: Site) async throws -> Afterwards {
        do {
            return try await converse(client, of: site)
        } catch let fault as RequestFault {
            refuse(client, of: site, fault.status)
        } catch ClientError.putBackLimitExceeded {
            refuse(client, of: site, .headTooLarge)
        }
        return .close
    }

    private static func converse(_ client: Client, of site: Site) async throws -> Afterwards {
        var responder = Responder(client, site)
        var step = Step.idle
        var arrival = try client.readArrived { step = try answer($0, &responder) }
        if arrival == .nothing {
            // Not woken by bytes: by the deadline, which this wait tells, or by the drain.
            guard !client.isDraining else { return .close }
            do {
                let isOpen = try await client.read { step = try answer($0, &responder) }
                arrival = isOpen ? .bytes : .end
            } catch ClientError.timedOut {
                return .close
            }
        }
        while arrival != .end {
            guard try await finish(step, &responder) else { return .close }
            step = .idle
            arrival = try client.readArrived { step = try answer($0, &responder) }
            guard arrival == .nothing else { continue }
            guard !client.isDraining else { return .close }
            client.setDeadline(after: site.limits.keepAlive)
            return .rest
        }
        return .close
    }

    /// Answers the requests that are complete.
    private static func answer(
        _ bytes: Span<UInt8>, _ responder: inout Responder
    ) throws(RequestFault) -> Step {
        var start = 0
        while start < bytes.count {
            let rest = bytes.extracting(droppingFirst: start)
            var parser = RequestHeadParser()
            guard try parser.parse(rest) else {
                responder.client.putBack(rest)
                return .head(PartialHead(parser))
            }
            let (step, taken) = try take(parser.head, rest, &responder)
            start += taken
            if case .idle = step, !responder.client.mustFlush { continue }
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
    ) throws(RequestFault) -> (Step, taken: Int) {
        guard head.framing != .none else {
            return (reply(to: head, bytes, &responder), head.end)
        }
        let limits = responder.own.limits
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
        let record = AccessRecord(head, in: bytes, responder)
        if case .nothing = reply.rest {
            record?.finish(reply, responder)
            return responder.persists ? .idle : .close
        }
        return .reply(reply, record)
    }

    /// Does what could not be done at once.
    ///
    /// - Returns: whether the connection goes on.
    private static func finish(_ step: Step, _ responder: inout Responder) async throws -> Bool {
        let client = responder.client
        switch step {
        case .idle:
            return true
        case .close:
            return false
        case .mustFlush:
            client.setDeadline(after: responder.own.limits.transfer)
            try await client.flush()
            return true
        case .head(let partial):
            guard let next = try await complete(partial, &responder) else { return false }
            return try await finish(next, &responder)
        case .content(let content):
            do {
                guard try await content.read(from: client) else { return false }
            } catch ClientError.timedOut {
                refuse(client, of: responder.own, .requestTimeout)
                return false
            }
            let bytes = content.bytes
            let next = reply(to: content.head, bytes.span, &responder)
            return try await finish(next, &responder)
        case .reply(let reply, let record):
            guard let done = try await complete(reply, responder) else { return false }
            record?.finish(done, responder)
            return responder.persists
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
                    guard let head = try partial.parse(bytes) else {
                        client.putBack(bytes)
                        return
                    }
                    let (next, taken) = try take(head, bytes, &responder)
                    if taken < bytes.count {
                        client.putBack(bytes.extracting(droppingFirst: taken))
                    }
                    step = next
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
            let page = try await client.offLoop {
                FolderPage.content(FolderListing(folder), path: path)
            }
            let sent = responder.sendPage(.ok, "text/html; charset=utf-8", page)
            try await client.flush()
            return sent
        }
    }

    /// Answers what is no request of the protocol.
    private static func refuse(_ client: Client, of site: Site, _ status: Status) {
        var responder = Responder(client, site)
        let reply = responder.refuse(status, mustClose: true)
        site.log?.refused(reply, client, responder.loop)
    }
}
