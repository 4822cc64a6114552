internal import HTTP
internal import HandlerAPI

/// An answer in one piece that one loop sends repeatedly; only its date changes.
final class PreparedAnswer {
    private var bytes: [UInt8]
    private let dateStart: Int
    private var second = -1
    /// Where the content begins.
    let headLength: Int

    /// Builds the answer.
    ///
    /// - Parameters:
    ///   - status: the status.
    ///   - lines: its header lines without `Date`.
    ///   - content: the content, empty if it is sent separately.
    init(_ status: Status, lines: [UInt8], content: [UInt8] = []) {
        let template = AnswerTemplate(status, lines: lines, content: content)
        bytes = template.bytes
        dateStart = template.dateStart
        headLength = template.headLength
    }

    /// The bytes, with the current date.
    func current(_ loop: WebLoop) -> [UInt8] {
        if loop.second != second {
            second = loop.second
            bytes.replace(at: dateStart, by: loop.date)
        }
        return bytes
    }
}

/// An answer in one piece that all loops share; each loop puts the date into a copy.
final class AnswerTemplate: Sendable {
    let status: Status
    fileprivate let bytes: [UInt8]
    fileprivate let dateStart: Int
    /// Where the content begins.
    let headLength: Int

    /// Builds the answer, as ``PreparedAnswer/init(_:lines:content:)`` does.
    init(_ status: Status, lines: [UInt8], content: [UInt8]) {
        self.status = status
        var head = ResponseHead(status)
        head.add("Date", String(repeating: " ", count: HTTPDate.length))
        // In range: the head ends with a date and CRLF.
        dateStart = head.bytes.count - 2 - HTTPDate.length
        head.add(lines: lines)
        head.end()
        headLength = head.bytes.count
        bytes = head.bytes + content
    }

    /// The bytes, with a date.
    func dated(_ date: [UInt8]) -> [UInt8] {
        var copy = bytes
        copy.replace(at: dateStart, by: date)
        return copy
    }
}

extension [UInt8] {
    fileprivate mutating func replace(at start: Int, by other: [UInt8]) {
        for index in other.indices { self[start + index] = other[index] }
    }
}
