internal import Files
internal import HTTP
internal import HandlerAPI

/// The state that all web clients of one event loop share: the date, documents in memory, prepared answers.
final class WebLoop {
    /// Seconds since 1970, as of the last ``refresh()``.
    private(set) var second = 0
    /// The value of `Date` for that second.
    private(set) var date = [UInt8](repeating: 0, count: HTTPDate.length)
    let documents = DocumentCache()
    /// Writes the access logs of all loops.
    let logWriter: LogWriter
    private let clock: () -> Int
    /// The last answer that was dated in this second: on a busy site the next one is often the same.
    private var datedTemplate: AnswerTemplate?
    private var datedBytes: [UInt8] = []

    /// Makes one.
    ///
    /// - Parameters:
    ///   - logWriter: writes the access logs of all loops.
    ///   - clock: the time of day, in seconds since 1970.
    init(
        logWriter: LogWriter, clock: @escaping () -> Int = { WallClock.secondsSince1970 }
    ) {
        (self.logWriter, self.clock) = (logWriter, clock)
    }

    /// The instance of a client's loop.
    static func of(_ client: Client) -> WebLoop {
        let key = ObjectIdentifier(WebLoop.self)
        if let known = client.loopLocals[key] as? WebLoop { return known }
        // The server has one for all loops; a test of a handler need not.
        let writer = client.loopLocals[ObjectIdentifier(LogWriter.self)] as? LogWriter
        let new = WebLoop(logWriter: writer ?? LogWriter())
        client.loopLocals[key] = new
        return new
    }

    /// An answer with the current date.
    func dated(_ template: AnswerTemplate) -> [UInt8] {
        if template !== datedTemplate {
            datedTemplate = template
            datedBytes = template.dated(date)
        }
        return datedBytes
    }

    /// Reads the clock.
    func refresh() {
        let now = clock()
        guard now != second else { return }
        second = now
        datedTemplate = nil
        date = Array(HTTPDate.text(secondsSince1970: now).utf8)
    }
}
