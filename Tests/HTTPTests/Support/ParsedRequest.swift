import HTTP

/// What came of reading a request: the head with its bytes, or why there is none.
struct ParsedRequest {
    /// How it ended.
    enum Outcome: Hashable {
        case complete, incomplete
        case refused(Int)
    }

    let bytes: [UInt8]
    private(set) var head = RequestHead?.none
    private(set) var outcome = Outcome.incomplete
    private(set) var fault: RequestFault?

    /// Reads a head that comes in pieces of `step` bytes.
    init(_ bytes: [UInt8], step: Int = .max) {
        self.bytes = bytes
        var parser = RequestHeadParser()
        var end = 0
        while end < bytes.count, outcome == .incomplete {
            end = min(bytes.count, end &+ min(step, bytes.count))
            do {
                if try parser.parse(bytes.span.extracting(first: end)) {
                    (head, outcome) = (parser.head, .complete)
                }
            } catch {
                (fault, outcome) = (error, .refused(error.status.code))
            }
        }
    }

    init(_ text: String) { self.init(Array(text.utf8)) }

    /// The text at a range.
    subscript(range: Range<Int>?) -> String? {
        range.map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    /// The value of a field.
    subscript(field: Field) -> String? { self[head?[field]] }
}
