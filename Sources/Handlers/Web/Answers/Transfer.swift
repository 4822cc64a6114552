internal import Files
internal import HTTP
internal import HandlerAPI

/// The content of an answer that is sent in several steps.
final class Transfer {
    /// The source of the bytes.
    enum Source {
        case file(OpenFile)
        case bytes([UInt8])
    }

    /// A range of the source, and the bytes that precede it.
    struct Part {
        let head: [UInt8]
        let range: Range<Int>
    }

    /// The bytes that are sent within one time limit.
    static let slice = 1 << 20

    private let source: Source
    private let parts: [Part]
    private let tail: [UInt8]

    /// Sends parts, then a tail.
    init(_ source: Source, _ parts: [Part], tail: [UInt8] = []) {
        (self.source, self.parts, self.tail) = (source, parts, tail)
    }

    /// Sends everything, each ``slice`` within a time limit.
    ///
    /// - Returns: false when the file has shrunk, so that the announced length cannot be sent.
    /// - Throws: ``ClientError``.
    func send(to client: Client, within time: Duration) async throws -> Bool {
        for part in parts {
            client.setDeadline(after: time)
            switch source {
            case .bytes(let bytes):
                let head = part.head
                client.send(head.span, bytes.span.extracting(part.range))
                try await client.flush()
            case .file(let file):
                guard try await send(part, of: file, to: client, within: time) else { return false }
            }
        }
        let tail = tail
        client.send(tail.span)
        try await client.flush()
        return true
    }

    private func send(
        _ part: Part, of file: OpenFile, to client: Client, within time: Duration
    ) async throws -> Bool {
        var (start, head) = (part.range.lowerBound, part.head)
        while start < part.range.upperBound {
            let count = min(Transfer.slice, part.range.upperBound - start)
            client.setDeadline(after: time)
            let sent = try await client.sendFile(
                file.number, from: start, count: count, after: head)
            guard sent == count else { return false }
            (start, head) = (start + count, [])
        }
        return true
    }
}
