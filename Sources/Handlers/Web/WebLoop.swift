internal import Files
internal import HTTP1
internal import HandlerAPI

/// What all web clients of one event loop share: the date of this second, and documents in memory.
final class WebLoop {
    /// Seconds since 1970, as of the last ``refresh()``.
    private(set) var second = 0
    /// The value of `Date` for that second.
    private(set) var date = [UInt8](repeating: 0, count: HTTPDate.length)
    let documents = DocumentCache()

    /// The one of a client's loop.
    static func of(_ client: Client) -> WebLoop {
        let key = ObjectIdentifier(WebLoop.self)
        if let known = client.loopLocals[key] as? WebLoop { return known }
        let new = WebLoop()
        client.loopLocals[key] = new
        return new
    }

    /// Looks at the clock (time(2)).
    func refresh() {
        let now = WallClock.secondsSince1970
        guard now != second else { return }
        second = now
        date = Array(HTTPDate.text(secondsSince1970: now).utf8)
    }
}
