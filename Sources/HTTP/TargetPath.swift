/// The path of a request, decoded and with its dot segments taken out (RFC 3986, 2.1 and 5.2.4).
///
/// What comes out begins with a slash, has no empty segment but a last one, no `.`, no `..` and no
/// NUL, so that below a root it names something below that root, as far as links are not followed.
package struct TargetPath: Hashable, Sendable {
    /// The decoded bytes.
    package let bytes: [UInt8]
    /// Whether a segment begins with a dot.
    package let hasDotSegment: Bool

    /// Decodes a path; nil when no file can have such a name: a slash or a NUL is escaped in it.
    ///
    /// - Parameters:
    ///   - bytes: what the request was read from.
    ///   - range: where the path is; empty means `/`.
    /// - Throws: an escape is broken, or the path leaves the root.
    package init?(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(RequestFault) {
        let slash = UInt8(ascii: "/")
        var path: [UInt8] = []
        path.reserveCapacity(range.count + 1)
        var (index, segment, hasDots) = (range.lowerBound, 0, false)
        while index <= range.upperBound {
            let isEnd = index == range.upperBound
            if isEnd || bytes[index] == slash {
                // In range: places in the path.
                let length = path.count - segment
                if length == 1, path[segment] == UInt8(ascii: ".") {
                    path.removeLast(1)
                } else if length == 2, path[segment...].allSatisfy({ $0 == UInt8(ascii: ".") }) {
                    path.removeLast(3)
                    while path.last != slash {
                        guard !path.isEmpty else { throw .bad("the path leaves the root") }
                        path.removeLast()
                    }
                } else if length > 0, path[segment] == UInt8(ascii: ".") {
                    hasDots = true
                }
                if !isEnd, path.last != slash { path.append(slash) }
                segment = path.count
                index += 1
            } else if bytes[index] == UInt8(ascii: "%") {
                guard index + 2 < range.upperBound, let high = bytes[index + 1].hexadecimal,
                    let low = bytes[index + 2].hexadecimal
                else { throw .bad("a percent sign is not followed by two hexadecimal digits") }
                let byte = high << 4 | low
                guard byte != 0, byte != slash else { return nil }
                path.append(byte)
                index += 3
            } else {
                path.append(bytes[index])
                index += 1
            }
        }
        if path.isEmpty { path.append(slash) }
        self.bytes = path
        hasDotSegment = hasDots
    }
}
