internal import HTTP1
internal import HandlerAPI

/// A whole answer in one piece, made once and sent again and again; only its date changes.
final class PreparedAnswer {
    private var bytes: [UInt8]
    private let dateStart: Int
    private var second = -1
    /// Where the content begins.
    let headLength: Int

    /// Puts an answer together.
    ///
    /// - Parameters:
    ///   - status: what the answer says.
    ///   - lines: its header lines but `Date`.
    ///   - content: what follows, empty for an answer whose content is sent otherwise.
    init(_ status: Status, lines: [UInt8], content: [UInt8] = []) {
        var head = ResponseHead(status)
        head.add("Date", "")
        // The end of the line that was just begun.
        dateStart = head.bytes.count - 2
        bytes = Array(head.bytes.dropLast(2))
        bytes += [UInt8](repeating: UInt8(ascii: " "), count: HTTPDate.length)
        bytes += Array("\r\n".utf8) + lines + Array("\r\n".utf8)
        headLength = bytes.count
        bytes += content
    }

    /// The bytes it holds in memory.
    var size: Int { bytes.count }

    /// All of it, with the date of now.
    func current(_ loop: WebLoop) -> [UInt8] {
        if loop.second != second {
            second = loop.second
            let date = loop.date
            for index in 0..<HTTPDate.length { bytes[dateStart + index] = date[index] }
        }
        return bytes
    }

    /// A part of the content.
    func content(_ range: Range<Int>) -> [UInt8] {
        Array(bytes[headLength + range.lowerBound..<headLength + range.upperBound])
    }
}
