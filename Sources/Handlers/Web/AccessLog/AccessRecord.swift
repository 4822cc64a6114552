internal import HTTP
internal import HandlerAPI

/// The facts of a request for its log line, kept while it is answered.
final class AccessRecord {
    /// The parts of a request, as the client sent them.
    struct Facts {
        var method: [UInt8] = []
        var path: [UInt8] = []
        var query: [UInt8]?
        var host: [UInt8] = []
        var userAgent: [UInt8] = []
        var referer: [UInt8] = []
        var isVersion10 = false
        /// The bytes of the head, and of the content if its length is known.
        var length = 0
    }

    private let facts: Facts
    private let begin: ContinuousClock.Instant

    /// A request of which nothing was read.
    init() { (begin, facts) = (.now, Facts()) }

    /// Copies the facts from a head.
    init(_ head: RequestHead, in bytes: Span<UInt8>) {
        begin = .now
        var facts = Facts()
        facts.method = AccessRecord.copy(head.methodName, bytes)
        facts.path = AccessRecord.copy(head.target.path, bytes)
        if head.target.form == .asterisk { facts.path = [UInt8(ascii: "*")] }
        facts.query = head.target.query.map { AccessRecord.copy($0, bytes) }
        facts.host = AccessRecord.copy(head.authority ?? 0..<0, bytes)
        facts.userAgent = AccessRecord.copy(head[.userAgent] ?? 0..<0, bytes)
        facts.referer = AccessRecord.copy(head[.referer] ?? 0..<0, bytes)
        facts.isVersion10 = head.isVersion10
        facts.length = head.end
        if case .length(let length) = head.framing {
            // In range: 18 digits and a head.
            facts.length += length
        }
        self.facts = facts
    }

    /// Writes the line of an answer to the log of the site that gave it.
    func write(_ reply: Reply, by responder: Responder) {
        guard let log = responder.site.log else { return }
        // In range: since the request came.
        let (seconds, attoseconds) = (ContinuousClock.now - begin).components
        let line = AccessLine(
            facts, reply, responder.client, responder.loop, log,
            // In range: since the request came.
            microseconds: Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000))
        log.write(line.bytes, responder.client, by: responder.loop.logWriter)
    }

    private static func copy(_ range: Range<Int>, _ bytes: Span<UInt8>) -> [UInt8] {
        range.map { bytes[$0] }
    }
}
