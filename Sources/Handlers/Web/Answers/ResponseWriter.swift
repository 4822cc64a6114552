internal import Files
internal import HTTP
internal import HandlerAPI

/// Writes answers to one client in the form of HTTP/1.
struct ResponseWriter {
    let client: Client
    let loop: WebLoop
    /// Whether the client speaks TLS.
    let isSecure: Bool
    /// The site that answers, for the header lines that its answers have in common.
    var site: Site
    /// Whether the connection stays open after the answer.
    var persists = true
    /// Whether the answer has a head only, to a HEAD request.
    var isHead = false

    init(_ client: Client, _ site: Site) {
        self.client = client
        loop = WebLoop.of(client)
        isSecure = client.isTLS
        self.site = site
    }

    /// Sends an answer that was prepared for all loops.
    func send(_ answer: AnswerTemplate) -> Reply {
        let bytes = loop.dated(answer)
        let count = isHead ? answer.headLength : bytes.count
        client.send(bytes.span.extracting(first: count))
        // In range: the head is a part of it.
        return Reply(status: answer.status, length: count - answer.headLength)
    }

    /// Sends an answer without content.
    func send(
        _ status: Status, isFile: Bool = false, _ add: (inout ResponseHead) -> Void
    ) -> Reply {
        client.send(head(status, isFile: isFile, add).span)
        return Reply(status: status, length: 0)
    }

    /// Sends an answer whose content was made for it.
    func send(
        _ status: Status, _ mediaType: String, _ content: [UInt8],
        _ add: (inout ResponseHead) -> Void = { _ in }
    ) -> Reply {
        let head = head(status) { head in
            add(&head)
            head.add("Content-Type", mediaType)
            head.add("Content-Length", content.count)
        }
        let shown = content.span.extracting(first: isHead ? 0 : content.count)
        client.send(head.span, shown)
        return Reply(status: status, length: shown.count)
    }

    /// Sends a whole file.
    func send(_ file: Representation, to head: RequestHead) -> Reply {
        guard persists else {
            let head = file.last(of: site, isSecure: isSecure).current(loop)
            return send(.ok, head, file, 0..<file.size)
        }
        guard !head.isVersion10 else {
            let head = self.head(.ok, isFile: true) { $0.add(lines: file.wholeLines) }
            return send(.ok, head, file, 0..<file.size)
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

    /// Sends one part of a file.
    func send(_ range: Range<Int>, of file: Representation) -> Reply {
        var lines = file.partLines(file.mediaType, length: range.count)
        lines += MultipartRanges.line(range, file)
        let head = head(.partialContent, isFile: true) { $0.add(lines: lines) }
        return send(.partialContent, head, file, range)
    }

    /// Sends several parts of a file; nil when their lengths have no sum.
    func send(_ ranges: [Range<Int>], of file: Representation) -> Reply? {
        guard let parts = MultipartRanges(ranges, of: file, seed: client.id) else { return nil }
        let lines = file.partLines(parts.mediaType, length: parts.length)
        let head = head(.partialContent, isFile: true) { $0.add(lines: lines) }
        let transfer = parts.transfer(after: head, from: file)
        return Reply(status: .partialContent, length: parts.length, rest: .transfer(transfer))
    }

    /// Sends a head and the part of a file that it promises.
    private func send(
        _ status: Status, _ head: [UInt8], _ file: Representation, _ range: Range<Int>
    ) -> Reply {
        if isHead || range.isEmpty {
            client.send(head.span)
            return Reply(status: status, length: 0)
        }
        switch file.source {
        case .file:
            let transfer = Transfer(file.source, [Transfer.Part(head: head, range: range)])
            return Reply(status: status, length: range.count, rest: .transfer(transfer))
        case .bytes(let content):
            client.send(head.span, content.span.extracting(range))
            return Reply(status: status, length: range.count)
        }
    }

    private func head(
        _ status: Status, isFile: Bool = false, _ add: (inout ResponseHead) -> Void
    ) -> [UInt8] {
        var head = ResponseHead(status)
        let date = loop.date
        head.add("Date", date.span)
        // HTTP/1.0 closes without it (RFC 9112, 9.3); a line for all is cheaper than the question who
        // needs it.
        head.add(lines: persists ? Site.persisting : Site.closing)
        head.add(lines: site.lines(isFile: isFile, isSecure: isSecure))
        add(&head)
        head.end()
        return head.bytes
    }
}
