internal import HTTP

/// Several parts of a file in one answer (RFC 9110, 14.6).
struct MultipartRanges {
    /// The media type of the whole.
    let mediaType: String
    /// The length of the content.
    let length: Int
    private let parts: [Transfer.Part]
    private let tail: [UInt8]

    /// Joins the parts; nil when their total length overflows, which takes a file of 8 EiB.
    ///
    /// - Parameters:
    ///   - ranges: at least two.
    ///   - file: the file.
    ///   - seed: a number for the boundary, beside a random one.
    init?(_ ranges: [Range<Int>], of file: Representation, seed: UInt64) {
        var generator = SystemRandomNumberGenerator()
        let boundary = "\(String(generator.next(), radix: 36))-\(String(seed, radix: 36))"
        mediaType = "multipart/byteranges; boundary=\(boundary)"
        parts = ranges.map { range in
            let head =
                Array("\r\n--\(boundary)\r\nContent-Type: \(file.mediaType)\r\n".utf8)
                + MultipartRanges.line(range, file) + Array("\r\n".utf8)
            return Transfer.Part(head: head, range: range)
        }
        tail = Array("\r\n--\(boundary)--\r\n".utf8)
        var (length, isTooLong) = (tail.count, false)
        for part in parts {
            for count in [part.head.count, part.range.count] where !isTooLong {
                (length, isTooLong) = length.addingReportingOverflow(count)
            }
        }
        guard !isTooLong else { return nil }
        self.length = length
    }

    /// The parts after the head of the answer.
    func transfer(after head: [UInt8], from file: Representation) -> Transfer {
        var parts = parts
        if let first = parts.first {
            parts[0] = Transfer.Part(head: head + first.head, range: first.range)
        }
        return Transfer(file.source, parts, tail: tail)
    }

    /// The `Content-Range` line of a part.
    static func line(_ range: Range<Int>, _ file: Representation) -> [UInt8] {
        Array(
            "Content-Range: bytes \(range.lowerBound)-\(range.upperBound - 1)/\(file.size)\r\n"
                .utf8)
    }
}
