/// A way in which a representation may be compressed (RFC 9110, 8.4.1), the best first.
package enum ContentCoding: Int, CaseIterable, Sendable {
    case brotli, zstd, gzip

    /// The name of the coding.
    package var name: String {
        switch self {
        case .brotli: "br"
        case .zstd: "zstd"
        case .gzip: "gzip"
        }
    }

    /// What the name of a file that is compressed so ends with.
    package var suffix: String {
        switch self {
        case .brotli: ".br"
        case .zstd: ".zst"
        case .gzip: ".gz"
        }
    }
}

/// The codings that a client takes (RFC 9110, 12.5.3).
package struct AcceptedCodings: Sendable {
    /// Thousandths, by coding; nil where the client did not name it.
    private var weights: (Int?, Int?, Int?) = (nil, nil, nil)
    private var other: Int?
    private var identity: Int?

    /// Takes nothing compressed.
    package init() {}

    /// Reads `Accept-Encoding`.
    package init(_ head: RequestHead, in bytes: Span<UInt8>) {
        guard head[.acceptEncoding] != nil else { return }
        var read = AcceptedCodings()
        head.forEachLine(of: .acceptEncoding, in: bytes) { line in
            bytes.forEachElement(of: line) { element in
                read.note(bytes, element)
                return true
            }
        }
        self = read
    }

    /// How much the client wants a coding, 0 for not at all; at most 1,000.
    package func weight(_ coding: ContentCoding) -> Int {
        let weight =
            switch coding {
            case .brotli: weights.0
            case .zstd: weights.1
            case .gzip: weights.2
            }
        return weight ?? other ?? 0
    }

    /// How much the client wants what is not compressed; it always gets that where nothing else is.
    package var identityWeight: Int { identity ?? 1 }

    private mutating func note(_ bytes: Span<UInt8>, _ element: Range<Int>) {
        let end = bytes.first(UInt8(ascii: ";"), in: element) ?? element.upperBound
        let name = bytes.trimmed(element.lowerBound..<end)
        let weight = AcceptedCodings.weight(bytes, end..<element.upperBound)
        if bytes.means("gzip", at: name) || bytes.means("x-gzip", at: name) {
            weights.2 = weight
        } else if bytes.means("br", at: name) {
            weights.0 = weight
        } else if bytes.means("zstd", at: name) {
            weights.1 = weight
        } else if bytes.means("*", at: name) {
            other = weight
        } else if bytes.means("identity", at: name) {
            identity = weight
        }
    }

    /// Reads `;q=0.5`; what is no weight counts as 0.
    private static func weight(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
        guard !range.isEmpty else { return 1_000 }
        let text = bytes.trimmed(range.lowerBound + 1..<range.upperBound)
        guard 3...7 ~= text.count, bytes.means("q=", at: text.lowerBound..<text.lowerBound + 2)
        else { return 0 }
        let value = text.lowerBound + 2..<text.upperBound
        guard let whole = bytes.number(at: value.lowerBound..<value.lowerBound + 1), whole <= 1
        else { return 0 }
        guard value.count > 1 else { return whole * 1_000 }
        guard bytes[value.lowerBound + 1] == UInt8(ascii: ".") else { return 0 }
        var (thousandths, factor) = (0, 100)
        for index in value.lowerBound + 2..<value.upperBound {
            guard bytes[index].isDigit else { return 0 }
            thousandths += Int(bytes[index] - UInt8(ascii: "0")) * factor
            factor /= 10
        }
        return min(1_000, whole * 1_000 + thousandths)
    }
}
