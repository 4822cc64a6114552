internal import HTTP
internal import HandlerAPI

/// Requests in the bytes that a read lends.
extension HTTPConversation {
    /// Answers every complete request.
    ///
    /// - Returns: what has to be done before more is read; the bytes that are left are put back.
    mutating func answer(_ bytes: Span<UInt8>) -> Step {
        var start = 0
        while start < bytes.count {
            let rest = bytes.extracting(droppingFirst: start)
            var parser = RequestHeadParser()
            do throws(RequestFault) {
                guard try parser.parse(rest) else {
                    client.putBack(rest)
                    return .readHead(PartialHead(parser))
                }
            } catch {
                if beginsTLS(rest) { return refuseTLS() }
                begin(parser.head, rest)
                return refuse(error.status, parser.head, rest)
            }
            let (step, taken) = answer(parser.head, rest)
            start += taken
            if case .none = step, !client.needsFlush { continue }
            if case .close = step, start == bytes.count, parser.head.isLast {
                return .close(.closeAtOnce)
            }
            if start < bytes.count { client.putBack(bytes.extracting(droppingFirst: start)) }
            if case .none = step { return .flush }
            return step
        }
        return .none
    }

    /// Continues a head with more bytes.
    ///
    /// - Returns: nil while the head is incomplete.
    mutating func resume(_ partial: PartialHead, _ bytes: Span<UInt8>) -> Step? {
        do throws(RequestFault) {
            guard let head = try partial.parse(bytes) else {
                client.putBack(bytes)
                return nil
            }
            let (step, taken) = answer(head, bytes)
            if taken < bytes.count { client.putBack(bytes.extracting(droppingFirst: taken)) }
            return step
        } catch {
            begin(partial.head, bytes)
            return refuse(error.status, partial.head, bytes)
        }
    }

    /// Counts a request and finds its site, whose limits apply from now on.
    private mutating func begin(_ head: RequestHead, _ bytes: Span<UInt8>) {
        client.note &+= 1
        responder.begin(head, in: bytes)
    }

    /// Answers a request whose head is complete, unless its content is missing.
    private mutating func answer(
        _ head: RequestHead, _ bytes: Span<UInt8>
    ) -> (Step, taken: Int) {
        begin(head, bytes)
        guard head.framing != .none else { return (reply(to: head, bytes), head.end) }
        do throws(RequestFault) {
            return try answerWithContent(head, bytes)
        } catch {
            return (refuse(error.status, head, bytes), bytes.count)
        }
    }

    private mutating func answerWithContent(
        _ head: RequestHead, _ bytes: Span<UInt8>
    ) throws(RequestFault) -> (Step, taken: Int) {
        let limits = responder.site.limits
        if case .length(let length) = head.framing, length > limits.content {
            throw .contentTooLarge
        }
        if head.expectsContinue {
            // The content of a request that will be refused is not worth sending.
            guard head.method.isGetOrHead else {
                return (reply(to: head, bytes, mustClose: true), head.end)
            }
            let permission = HTTPConversation.permission
            client.send(permission.span)
        }
        var decoder = ContentDecoder(head.framing)
        // In range: places in the bytes.
        let taken = head.end + (try decoder.consume(bytes.extracting(droppingFirst: head.end)))
        try PendingContent.check(decoder, limits)
        if decoder.isDone { return (reply(to: head, bytes), taken) }
        let copy = [UInt8](copying: bytes.extracting(first: head.end))
        return (.readContent(PendingContent(head, copy, decoder, limits)), taken)
    }

    /// The permission to send the content (RFC 9110, 10.1.1).
    private static let permission = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// Answers a request whose content was read.
    mutating func reply(
        to head: RequestHead, _ bytes: Span<UInt8>, mustClose: Bool = false
    ) -> Step {
        let reply = responder.answer(
            head, in: bytes, persists: !mustClose && mayPersist(after: head))
        let record = responder.site.log == nil ? nil : AccessRecord(head, in: bytes)
        if case .nothing = reply.rest {
            record?.write(reply, by: responder)
            return responder.persists ? .none : .close(.close)
        }
        return .finish(reply, record)
    }

    /// Whether the connection may stay open after a request (RFC 9112, 9.3).
    private func mayPersist(after head: RequestHead) -> Bool {
        let limits = responder.site.limits
        return head.isPersistent && client.note < limits.requests && limits.keepAlive > .zero
            && !client.isDraining
    }

    /// Closes the connection with an error of the site that the request names, as far as it was read.
    mutating func refuse(
        _ status: Status, _ head: RequestHead, _ bytes: Span<UInt8>
    ) -> Step {
        let reply = responder.refuse(status)
        AccessRecord(head, in: bytes).write(reply, by: responder)
        return .close(.close)
    }

    /// Answers a client whose request never came to its end: no site but its own is known.
    mutating func refuseSlowHead() {
        responder = Responder(client, responder.own)
        AccessRecord().write(responder.refuse(.requestTimeout), by: responder)
    }

    /// Whether a plain client begins a TLS handshake: with a record of type 22 (RFC 8446, 5.1), where a
    /// request has a letter.
    private func beginsTLS(_ bytes: Span<UInt8>) -> Bool {
        !client.isTLS && bytes[0] == 22 && (bytes.count < 2 || bytes[1] == 3)
    }

    /// Closes the connection of a client that takes a plain port for one of SSL, with an answer that it
    /// understands.
    private func refuseTLS() -> Step {
        // The fatal alert handshake_failure.
        let alert: [UInt8] = [21, 3, 3, 0, 2, 2, 40]
        client.send(alert.span)
        client.log(.info, about: "a TLS handshake came to a plain port", "https:// was asked of it")
        return .close(.close)
    }
}
