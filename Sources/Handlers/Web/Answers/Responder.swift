internal import Files
internal import HTTP
internal import HandlerAPI

/// Decides the answer of each request of one client.
struct Responder {
    /// The site of the host that accepted the client.
    let own: Site
    private var verdict = SiteChoice.Verdict.answer
    private var writer: ResponseWriter

    init(_ client: Client, _ own: Site) {
        self.own = own
        writer = ResponseWriter(client, own)
    }

    var client: Client { writer.client }
    var loop: WebLoop { writer.loop }
    /// The site of the request.
    var site: Site { writer.site }
    /// Whether the connection stays open after the answer.
    var persists: Bool { writer.persists }
    private var isSecure: Bool { writer.isSecure }

    /// Finds the site of the next request, as soon as its head is read: the limits of that site apply.
    mutating func begin(_ head: RequestHead, in bytes: Span<UInt8>) {
        let choice = SiteChoice(for: head, in: bytes, of: client, own: own)
        verdict = choice.verdict
        writer.site = choice.site
        writer.isHead = head.method == .head
    }

    /// Answers the request that was begun last, its content read.
    ///
    /// - Parameters:
    ///   - head: the request.
    ///   - bytes: the bytes that it was read from.
    ///   - persists: whether the connection may stay open.
    /// - Returns: what was sent, or is still to be.
    mutating func answer(
        _ head: RequestHead, in bytes: Span<UInt8>, persists: Bool
    ) -> Reply {
        loop.refresh()
        writer.persists = persists
        switch verdict {
        case .refuse(let status): return error(status)
        case .answerChallenge: return answerChallenge(head, in: bytes)
        case .answer: break
        }
        if let document = known(head, in: bytes) { return send(document, head, in: bytes) }
        if let answer = fixedRedirect(head) { return writer.send(answer) }
        return route(head, in: bytes)
    }

    /// Answers with an error, after which the connection closes.
    mutating func refuse(_ status: Status) -> Reply {
        loop.refresh()
        writer.persists = false
        return error(status)
    }

    /// The document that answers without any further question, when it was checked in this second.
    private func known(_ head: RequestHead, in bytes: Span<UInt8>) -> Document? {
        guard head.method.isGetOrHead, head.target.isPlain, site.redirection == nil,
            site.securePort == nil || isSecure, let folder = site.documents
        else { return nil }
        return loop.documents.find(folder, bytes, head.target.path, at: loop.second)
    }

    /// The redirect that is the same for all requests, where the site has one.
    private func fixedRedirect(_ head: RequestHead) -> AnswerTemplate? {
        guard head.method.isGetOrHead, head.target.isPlain, !persists || !head.isVersion10,
            site.securePort == nil || isSecure
        else { return nil }
        return site.fixedRedirect?.answer(isSecure: isSecure, isLast: !persists)
    }

    /// Answers for a site that wants its clients on TLS and has no certificate.
    private func answerChallenge(_ head: RequestHead, in bytes: Span<UInt8>) -> Reply {
        guard head.method.isGetOrHead, let folder = site.wellKnown,
            let path = try? TargetPath(bytes, head.target.path)?.wellKnown,
            path.starts(with: TargetPath.challengePrefix)
        else { return error(.unavailable) }
        return find(path, in: folder, head, bytes)
    }

    private func route(_ head: RequestHead, in bytes: Span<UInt8>) -> Reply {
        switch head.method {
        case .other: return error(.notImplemented)
        case .trace, .connect: return error(.methodNotAllowed)
        case .options where head.target.form == .asterisk: return allow()
        default: break
        }
        let path: TargetPath
        do {
            guard let decoded = try TargetPath(bytes, head.target.path) else {
                return error(.notFound)
            }
            path = decoded
        } catch {
            return self.error(error.status)
        }
        let isRead = head.method.isGetOrHead
        if isRead, isSecure || !head.target.isSecure, let folder = site.wellKnown,
            let rest = path.wellKnown
        {
            return find(rest, in: folder, head, bytes)
        }
        if let port = site.securePort, !isSecure { return redirectToTLS(port, head, bytes) }
        if let redirection = site.redirection {
            guard let location = redirection.location(head, in: bytes) else {
                return error(.badRequest)
            }
            return redirect(redirection.status, to: location)
        }
        guard isRead else { return refuseMethod(head) }
        guard let documents = site.documents, !path.hasDotSegment else { return error(.notFound) }
        return find(path.bytes, in: documents, head, bytes)
    }

    /// Answers a method that the site does not have; OPTIONS alone is answered everywhere.
    private func refuseMethod(_ head: RequestHead) -> Reply {
        if head.method == .options { return allow() }
        let isUnmeasured = head.framing == .none && head[.contentLength] == nil
        return error(
            head.method.bringsContent && isUnmeasured ? .lengthRequired : .methodNotAllowed)
    }

    private func allow() -> Reply {
        writer.send(.ok) { head in
            head.add("Allow", "GET, HEAD, OPTIONS")
            head.add("Content-Length", 0)
        }
    }

    /// `AuthForceSsl`: the same address by https, without its port where that is the usual one.
    private func redirectToTLS(
        _ port: Int, _ head: RequestHead, _ bytes: Span<UInt8>
    ) -> Reply {
        guard let host = Redirection.host(head, in: bytes) else { return error(.badRequest) }
        var location = Array("https://".utf8) + host
        if port != 443 { location += Array(":\(port)".utf8) }
        location += Redirection.pathAndQuery(head, in: bytes)
        return redirect(
            head.method.isGetOrHead ? .movedPermanently : .permanentRedirect, to: location)
    }

    private func redirect(_ status: Status, to location: [UInt8]) -> Reply {
        page(status) { $0.add("Location", location.span) }
    }

    /// Answers with what a path names in a folder.
    private func find(
        _ path: [UInt8], in folder: Folder, _ head: RequestHead, _ bytes: Span<UInt8>
    ) -> Reply {
        switch DocumentFinder(folder, loop, site).find(path) {
        case .document(let document):
            return send(document, head, in: bytes)
        case .folderWithoutSlash:
            var location = folder === site.wellKnown ? TargetPath.wellKnownPrefix : []
            for byte in path { PercentEncoding.append(byte, of: .decoded, to: &location) }
            location.append(UInt8(ascii: "/"))
            Redirection.appendQuery(of: head, in: bytes, to: &location)
            return redirect(.movedPermanently, to: location)
        case .folder(let file) where site.listsFolders && folder === site.documents:
            return Reply(status: .ok, length: 0, rest: .listing(file, path: path))
        case .folder:
            return error(.forbidden)
        case .refused(let status):
            return error(status)
        case .failed(let status, let trouble):
            report(trouble, folder, path)
            return error(status)
        }
    }

    /// Answers with the listing of a directory, which another thread reads.
    ///
    /// - Throws: ``ClientError``.
    func list(_ folder: OpenFile, path: [UInt8]) async throws -> Reply {
        do {
            let page = try await client.offLoop {
                FolderPage.content(try FolderListing(folder), path: path)
            }
            return writer.send(.ok, "text/html; charset=utf-8", page)
        } catch let trouble as FileTrouble {
            if let folder = site.documents { report(trouble, folder, path) }
            return error(trouble.kind == .denied ? .forbidden : .unavailable)
        }
    }

    /// Answers with a document, or the part of it that the request wants (RFC 9110, 13 and 14).
    private func send(
        _ document: Document, _ head: RequestHead, in bytes: Span<UInt8>
    ) -> Reply {
        let file = document.representation(head, in: bytes)
        guard head.hasConditions else { return writer.send(file, to: head) }
        let tag = file.tag
        let outcome = Preconditions.evaluate(
            head, in: bytes, tag: tag.span, modified: file.modified, now: loop.second)
        switch outcome {
        case .failed: return error(.preconditionFailed)
        case .notModified:
            return writer.send(.notModified, isFile: true) { $0.add(lines: file.validatorLines) }
        case .met: break
        }
        guard let range = head[.range], !writer.isHead, !head.isRepeated(.range),
            Preconditions.allowRange(
                head, in: bytes, tag: tag.span, modified: file.modified, now: loop.second)
        else { return writer.send(file, to: head) }
        switch RangeSet(bytes, range, size: file.size) {
        case .whole: return writer.send(file, to: head)
        case .unsatisfiable:
            return page(.rangeNotSatisfiable) {
                $0.add("Content-Range", "bytes */\(file.size)")
            }
        case .one(let range): return writer.send(range, of: file)
        case .many(let ranges):
            return writer.send(ranges, of: file) ?? writer.send(file, to: head)
        }
    }

    /// Answers with an error and the header lines that it requires.
    private func error(_ status: Status) -> Reply {
        page(status) { head in
            switch status {
            case .methodNotAllowed: head.add("Allow", "GET, HEAD, OPTIONS")
            case .unavailable: head.add("Retry-After", 5)
            default: break
            }
        }
    }

    /// Answers with the page of a status: the site's own, or a few words.
    private func page(_ status: Status, _ add: (inout ResponseHead) -> Void) -> Reply {
        let content = ErrorPage.content(status, of: site, at: loop.second) {
            trouble, folder, name in
            report(trouble, folder, name)
        }
        return writer.send(status, "text/html", content, add)
    }

    /// Reports a file that cannot be read to the operator.
    ///
    /// The path may be anything that the client wrote: it is escaped.
    private func report(_ trouble: FileTrouble, _ folder: Folder, _ path: [UInt8]) {
        var name: [UInt8] = path.first == UInt8(ascii: "/") ? [] : [UInt8(ascii: "/")]
        for byte in path.prefix(1_024) { PercentEncoding.append(byte, of: .decoded, to: &name) }
        let place = folder.path + String(decoding: name, as: UTF8.self)
        client.reportTrouble("\(trouble)", "\(place): \(trouble)", errno: trouble.code)
    }
}
