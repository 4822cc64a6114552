/// The validator of a representation (RFC 9110, 8.8.3).
package enum EntityTag {
    /// Whether a list of tags has one, or is `*`.
    ///
    /// - Parameters:
    ///   - bytes: what the list is in.
    ///   - range: where it is.
    ///   - tag: the strong tag of the representation, with its quotes; empty where there is none.
    ///   - isWeak: whether weak tags may match (RFC 9110, 8.8.3.2).
    /// - Returns: whether it is there.
    static func list(
        _ bytes: Span<UInt8>, _ range: Range<Int>, has tag: Span<UInt8>, isWeak: Bool
    ) -> Bool {
        if range.count == 1, bytes[range.lowerBound] == UInt8(ascii: "*") { return true }
        var isFound = false
        bytes.forEachElement(of: range) { element in
            isFound = matches(bytes, element, tag, isWeak: isWeak)
            return !isFound
        }
        return isFound
    }

    /// Whether one tag is another.
    static func matches(
        _ bytes: Span<UInt8>, _ element: Range<Int>, _ tag: Span<UInt8>, isWeak: Bool
    ) -> Bool {
        var start = element.lowerBound
        if isWeak, element.count > 2, bytes.has("W/", at: start..<start + 2) { start += 2 }
        guard !tag.isEmpty, element.upperBound - start == tag.count else { return false }
        for index in 0..<tag.count where bytes[start + index] != tag[index] { return false }
        return true
    }
}
