internal import Files
internal import HTTP
internal import HandlerAPI

/// Answers one request after the other, each for the site that it asks for.
struct Responder {
    let client: Client
    let loop: WebLoop
    /// Whether the client speaks TLS.
    let isSecure: Bool
    /// The site that the client was accepted for.
    let own: Site
    /// That of the request, where it is another one.
    private var other: Site?
    /// Why the request is not that site's to serve, or nobody's.
    private var refusal: Status?
    /// Whether nothing but the challenge of an authority is that site's to serve.
    private var isForChallenge = false
    /// Whether the connection may go on after this request.
    private(set) var persists = true
    /// Whether the answer has a head only.
    private var isHead = false

    init(_ client: Client, _ site: Site) {
        self.client = client
        loop = WebLoop.of(client)
        own = site
        isSecure = client.descriptor == nil
        loop.refresh()
    }

    /// The site of the request.
    var site: Site { other ?? own }

    /// Settles whose the next request is, as soon as its head is read: its limits are that site's.
    mutating func begin(_ head: RequestHead, in bytes: Span<UInt8>) {
        client.note &+= 1
        isHead = head.method == .head
        (other, refusal) = (nil, nil)
        isForChallenge = !isSecure && client.isForChallenge
        if let host = head.host {
            switch client.host(for: bytes.extracting(host)) {
            case .own: break
            case .other(let handler):
                take(handler)
            case .otherForChallenge(let handler):
                take(handler)
                isForChallenge = true
            case .misdirected: refusal = .misdirectedRequest
            case .down: refusal = .unavailable
            }
        }
        // RFC 9110, 7.4, asks that of https only: what is meant for http is no less safe over TLS.
        if head.target.isSecure, !isSecure, !site.sendsToTLS { refusal = .misdirectedRequest }
    }

    /// Takes the site of another host.
    private mutating func take(_ handler: any Handler) {
        isForChallenge = false
        other = Site.of(handler)
        if other == nil { refusal = .misdirectedRequest }
    }

    /// Answers the request that was begun last, its content read.
    ///
    /// - Parameters:
    ///   - head: the request.
    ///   - bytes: what it was read from.
    ///   - mustClose: whether the connection is to end for another reason.
    /// - Returns: what was sent, or is still to be.
    mutating func answer(
        _ head: RequestHead, in bytes: Span<UInt8>, mustClose: Bool = false
    ) -> Reply {
        let limits = site.limits
        persists =
            head.isPersistent && !mustClose && client.note < limits.requests
            && limits.keepAlive > .zero && !client.isDraining
        if let refusal { return refuse(refusal) }
        if isForChallenge { return answerChallenge(head, in: bytes) }
        if let document = known(head, in: bytes) { return serve(document, head, in: bytes) }
        if let answer = knownRedirect(head) { return send(answer) }
        return route(head, in: bytes)
    }

    /// Refuses a request, known by its site or not.
    mutating func refuse(_ status: Status, mustClose: Bool = false) -> Reply {
        if mustClose { persists = false }
        return page(status) { head in
            switch status {
            case .methodNotAllowed: head.add("Allow", "GET, HEAD, OPTIONS")
            case .unavailable: head.add("Retry-After", 5)
            default: break
            }
        }
    }

    /// The document of a request that nothing stands before, when it was looked at in this second.
    private func known(_ head: RequestHead, in bytes: Span<UInt8>) -> Document? {
        guard head.method == .get || head.method == .head, head.target.isPlain,
            site.redirection == nil, site.securePort == nil || isSecure,
            let folder = site.documents
        else { return nil }
        return loop.documents.find(folder, bytes, head.target.path, at: loop.second)
    }

    /// Where the client is sent, when that needs no look at the request but that it is a plain one.
    private func knownRedirect(_ head: RequestHead) -> AnswerTemplate? {
        guard head.method == .get || head.method == .head, head.target.isPlain,
            !persists || !head.isVersion10, site.securePort == nil || isSecure
        else { return nil }
        return site.fixedRedirect?.answer(isSecure: isSecure, isLast: !persists)
    }

    private func send(_ answer: AnswerTemplate) -> Reply {
        let bytes = loop.dated(answer)
        let count = isHead ? answer.headLength : bytes.count
        client.send(bytes.span.extracting(first: count))
        // In range: the head is a part of it.
        return Reply(status: answer.status, length: count - answer.headLength)
    }

    /// Answers for a site that would send its clients to TLS, which cannot be served.
    private mutating func answerChallenge(_ head: RequestHead, in bytes: Span<UInt8>) -> Reply {
        guard head.method == .get || head.method == .head, let folder = site.wellKnown,
            let path = try? TargetPath(bytes, head.target.path)?.wellKnown,
            path.starts(with: TargetPath.challengePrefix)
        else { return refuse(.unavailable) }
        return serve(path, of: folder, head, in: bytes)
    }

    private mutating func route(_ head: RequestHead, in bytes: Span<UInt8>) -> Reply {
        switch head.method {
        case .other: return refuse(.notImplemented)
        case .trace, .connect: return refuse(.methodNotAllowed)
        case .options where head.target.form == .asterisk: return options()
        default: break
        }
        let path: TargetPath
        do {
            guard let decoded = try TargetPath(bytes, head.target.path) else {
                return refuse(.notFound)
            }
            path = decoded
        } catch {
            return refuse(error.status)
        }
        let isRead = head.method == .get || head.method == .head
        let mayRead = isRead && (isSecure || !head.target.isSecure)
        if let wellKnown = site.wellKnown, mayRead, let rest = path.wellKnown {
            return serve(rest, of: wellKnown, head, in: bytes)
        }
        if let port = site.securePort, !isSecure { return sendToTLS(port, head, in: bytes) }
        if let redirection = site.redirection {
            guard let location = redirection.location(head, in: bytes) else {
                return refuse(.badRequest)
            }
            return page(redirection.status) { $0.add("Location", location.span) }
        }
        guard isRead else { return refuseMethod(head) }
        guard let documents = site.documents, !path.hasDotSegment else { return refuse(.notFound) }
        return serve(path.bytes, of: documents, head, in: bytes)
    }

    /// OPTIONS is the one method without content that is not for reading.
    private mutating func refuseMethod(_ head: RequestHead) -> Reply {
        if head.method == .options { return options() }
        let isUnmeasured = head.framing == .none && head[.contentLength] == nil
        return refuse(
            head.method.bringsContent && isUnmeasured ? .lengthRequired : .methodNotAllowed)
    }

    private func options() -> Reply {
        send(.ok) { head in
            head.add("Allow", "GET, HEAD, OPTIONS")
            head.add("Content-Length", 0)
        }
    }

    /// `AuthForceSsl`: the same address by https, without its port where that is the usual one.
    private mutating func sendToTLS(
        _ port: Int, _ head: RequestHead, in bytes: Span<UInt8>
    ) -> Reply {
        guard let host = Redirection.host(head, in: bytes) else { return refuse(.badRequest) }
        var location = Array("https://".utf8) + host
        if port != 443 { location += Array(":\(port)".utf8) }
        location += Redirection.pathAndQuery(head, in: bytes)
        let status: Status =
            isHead || head.method == .get ? .movedPermanently : .permanentRedirect
        return page(status) { $0.add("Location", location.span) }
    }

    private mutating func serve(
        _ path: [UInt8], of folder: Folder, _ head: RequestHead, in bytes: Span<UInt8>
    ) -> Reply {
        switch DocumentFinder(folder, loop, site).find(path) {
        case .document(let document):
            return serve(document, head, in: bytes)
        case .folderWithoutSlash:
            var location = folder === site.wellKnown ? TargetPath.wellKnownPrefix : []
            for byte in path { PercentEncoding.append(byte, of: .decoded, to: &location) }
            location.append(UInt8(ascii: "/"))
            if let query = head.target.query {
                location.append(UInt8(ascii: "?"))
                for index in query {
                    PercentEncoding.append(bytes[index], of: .sent, to: &location)
                }
            }
            return page(.movedPermanently) { $0.add("Location", location.span) }
        case .folder(let file) where site.listsFolders && folder === site.documents:
            return Reply(status: .ok, length: 0, rest: .listing(file, path: path))
        case .folder:
            return refuse(.forbidden)
        case .refused(let status):
            return refuse(status)
        case .failed(let status, let trouble):
            report(trouble, folder, path)
            return refuse(status)
        }
    }

    /// Tells the operator of a file that cannot be read.
    ///
    /// The path may be anything that the client wrote: it is escaped.
    private func report(_ trouble: FileTrouble, _ folder: Folder, _ path: [UInt8]) {
        var name: [UInt8] = path.first == UInt8(ascii: "/") ? [] : [UInt8(ascii: "/")]
        for byte in path.prefix(1_024) { PercentEncoding.append(byte, of: .decoded, to: &name) }
        let place = folder.path + String(decoding: name, as: UTF8.self)
        client.reportTrouble("\(trouble)", "\(place): \(trouble)", errno: trouble.code)
    }

    /// Answers a listing that could not be made.
    mutating func refuse(_ trouble: FileTrouble, path: [UInt8]) -> Reply {
        if let folder = site.documents { report(trouble, folder, path) }
        return refuse(trouble.kind == .denied ? .forbidden : .unavailable)
    }

    private mutating func serve(
        _ document: Document, _ head: RequestHead, in bytes: Span<UInt8>
    ) -> Reply {
        let file = document.representation(head, in: bytes)
        guard head.hasConditions else { return sendWhole(file, head) }
        let tag = file.tag
        let outcome = Preconditions.evaluate(
            head, in: bytes, tag: tag.span, modified: file.modified, now: loop.second)
        switch outcome {
        case .failed: return refuse(.preconditionFailed)
        case .notModified:
            return send(.notModified, isFile: true) { $0.add(lines: file.validatorLines) }
        case .met: break
        }
        guard let range = head[.range], !isHead, !head.isRepeated(.range),
            Preconditions.allowRange(
                head, in: bytes, tag: tag.span, modified: file.modified, now: loop.second)
        else { return sendWhole(file, head) }
        switch RangeSet(bytes, range, size: file.size) {
        case .whole: return sendWhole(file, head)
        case .unsatisfiable:
            return page(.rangeNotSatisfiable) {
                $0.add("Content-Range", "bytes */\(file.size)")
            }
        case .one(let range): return sendPart(range, of: file)
        case .many(let ranges): return sendParts(ranges, of: file) ?? sendWhole(file, head)
        }
    }

    private func sendWhole(_ file: Representation, _ head: RequestHead) -> Reply {
        guard persists else {
            let head = file.last(of: site, isSecure: isSecure).current(loop)
            return finish(.ok, head, file, 0..<file.size)
        }
        guard !head.isVersion10 else {
            let head = self.head(.ok, isFile: true) { $0.add(lines: file.wholeLines) }
            return finish(.ok, head, file, 0..<file.size)
        }
        let prepared = file.whole(of: site, isSecure: isSecure)
        let answer = prepared.current(loop)
        if isHead {
            client.send(answer.span.extracting(first: prepared.headLength))
            return Reply(status: .ok, length: 0)
        }
        if let file = file.file {
            let part = Transfer.Part(head: answer, range: 0..<file.size)
            return Reply(
                status: .ok, length: file.size, rest: .transfer(Transfer(.file(file), [part])))
        }
        client.send(answer.span)
        return Reply(status: .ok, length: file.size)
    }

    private func sendPart(_ range: Range<Int>, of file: Representation) -> Reply {
        var lines = file.partLines(file.mediaType, length: range.count)
        lines += MultipartRanges.line(range, file)
        let head = head(.partialContent, isFile: true) { $0.add(lines: lines) }
        return finish(.partialContent, head, file, range)
    }

    /// Nil when they are too long together.
    private func sendParts(_ ranges: [Range<Int>], of file: Representation) -> Reply? {
        guard let parts = MultipartRanges(ranges, of: file, seed: client.id) else { return nil }
        let lines = file.partLines(parts.mediaType, length: parts.length)
        let head = head(.partialContent, isFile: true) { $0.add(lines: lines) }
        let transfer = parts.transfer(after: head, from: file)
        return Reply(status: .partialContent, length: parts.length, rest: .transfer(transfer))
    }

    /// Sends a head and the part of a file that it promises.
    private func finish(
        _ status: Status, _ head: [UInt8], _ file: Representation, _ range: Range<Int>
    ) -> Reply {
        if isHead || range.isEmpty {
            client.send(head.span)
            return Reply(status: status, length: 0)
        }
        let part = Transfer.Part(head: head, range: range)
        switch file.source {
        case .file:
            return Reply(
                status: status, length: range.count,
                rest: .transfer(Transfer(file.source, [part])))
        case .bytes(let content):
            client.send(head.span, content.span.extracting(range))
            return Reply(status: status, length: range.count)
        }
    }

    /// Sends a listing that was made meanwhile.
    func sendPage(_ status: Status, _ mediaType: String, _ content: [UInt8]) -> Reply {
        let head = head(status) { head in
            head.add("Content-Type", mediaType)
            head.add("Content-Length", content.count)
        }
        client.send(head.span, content.span.extracting(first: isHead ? 0 : content.count))
        return Reply(status: status, length: isHead ? 0 : content.count)
    }

    /// Sends a status with a few words for people, or the site's own page for it.
    private func page(_ status: Status, _ add: (inout ResponseHead) -> Void) -> Reply {
        let content = ErrorPage.content(status, of: site, at: loop.second) {
            trouble, folder, name in
            report(trouble, folder, name)
        }
        let head = head(status) { head in
            add(&head)
            head.add("Content-Type", "text/html")
            head.add("Content-Length", content.count)
        }
        client.send(head.span, content.span.extracting(first: isHead ? 0 : content.count))
        return Reply(status: status, length: isHead ? 0 : content.count)
    }

    private func send(
        _ status: Status, isFile: Bool = false, _ add: (inout ResponseHead) -> Void
    ) -> Reply {
        client.send(head(status, isFile: isFile, add).span)
        return Reply(status: status, length: 0)
    }

    private func head(
        _ status: Status, isFile: Bool = false, _ add: (inout ResponseHead) -> Void
    ) -> [UInt8] {
        var head = ResponseHead(status)
        let date = loop.date
        head.add("Date", date.span)
        // HTTP/1.0 closes unless it is told otherwise (RFC 9112, 9.3); a note for all is shorter
        // than the question who needs it.
        head.add(lines: persists ? Site.persisting : Site.closing)
        head.add(lines: site.lines(isFile: isFile, isSecure: isSecure))
        add(&head)
        head.end()
        return head.bytes
    }
}

extension Site {
    /// The site that a handler serves, nil when that is no web host.
    fileprivate static func of(_ handler: any Handler) -> Site? {
        (handler as? WebHandler)?.site ?? (handler as? RedirectHandler)?.site
    }
}

extension TargetPath {
    fileprivate static let wellKnownPrefix = Array("/.well-known".utf8)
    /// Below that, where authorities look (RFC 8555, 8.3).
    fileprivate static let challengePrefix = Array("/acme-challenge/".utf8)

    /// What is asked for below `/.well-known/`, nil for other paths and for names with a dot first.
    fileprivate var wellKnown: [UInt8]? {
        let prefix = TargetPath.wellKnownPrefix
        guard bytes.starts(with: prefix), bytes.count > prefix.count + 1,
            bytes[prefix.count] == UInt8(ascii: "/")
        else { return nil }
        let rest = Array(bytes[prefix.count...])
        for index in rest.indices.dropLast() where rest[index] == UInt8(ascii: "/") {
            if rest[index + 1] == UInt8(ascii: ".") { return nil }
        }
        return rest
    }
}
