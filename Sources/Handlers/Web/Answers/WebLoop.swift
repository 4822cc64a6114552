internal import Files
internal import HTTP
internal import HandlerAPI

/// What all web clients of one event loop share: the date of this second, and documents in memory.
final class WebLoop {
    /// Seconds since 1970, as of the last ``refresh()``.
    private(set) var second = 0
    /// The value of `Date` for that second.
    private(set) var date = [UInt8](repeating: 0, count: HTTPDate.length)
    let documents = DocumentCache()
    /// The last answer that was dated in this second: on a busy site the next one is the same.
    private var datedTemplate: AnswerTemplate?
    private var datedBytes: [UInt8] = []

    /// The one of a client's loop.
    static func of(_ client: Client) -> WebLoop {
        let key = ObjectIdentifier(WebLoop.self)
        if let known = client.loopLocals[key] as? WebLoop { return known }
        let new = WebLoop()
        client.loopLocals[key] = new
        return new
    }

    /// An answer with the date of now.
    func dated(_ template: AnswerTemplate) -> [UInt8] {
        if template !== datedTemplate {
            datedTemplate = template
            datedBytes = template.dated(date)
        }
        return datedBytes
    }

    /// Looks at the clock (time(2)).
    func refresh() {
        let now = WallClock.secondsSince1970
        guard now != second else { return }
        second = now
        datedTemplate = nil
        date = Array(HTTPDate.text(secondsSince1970: now).utf8)
    }
}
