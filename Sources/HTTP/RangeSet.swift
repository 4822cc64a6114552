/// The parts of a representation that a request selects (RFC 9110, 14.2).
package enum RangeSet: Hashable, Sendable {
    /// The whole: there is no range, or one that is ignored.
    case whole
    /// One part.
    case one(Range<Int>)
    /// Parts in the order of the request, at least two.
    case many([Range<Int>])
    /// 416: none of the parts exists.
    case unsatisfiable

    /// The parts of one request; more of them are answered with the whole.
    package static let limit = 16

    /// Reads `Range`.
    ///
    /// More than ``limit`` ranges, ranges that overlap, and ranges that together are longer than
    /// the whole would make the server send more than there is: they are passed over, as RFC 9110
    /// allows.
    ///
    /// - Parameters:
    ///   - bytes: what the value is in.
    ///   - value: where it is.
    ///   - size: the bytes of the representation.
    package init(_ bytes: Span<UInt8>, _ value: Range<Int>, size: Int) {
        let unit = "bytes="
        let list = value.lowerBound + unit.utf8.count
        guard list < value.upperBound, bytes.means(unit, at: value.lowerBound..<list) else {
            self = .whole
            return
        }
        var (count, isValid, first, more): (Int, Bool, Range<Int>?, [Range<Int>]) =
            (0, true, nil, [])
        bytes.forEachElement(of: list..<value.upperBound) { element in
            count += 1
            switch RangeSet.part(bytes, element, size: size) {
            case .invalid: isValid = false
            case .absent: break
            case .part(let range) where first == nil: first = range
            case .part(let range): more.append(range)
            }
            return isValid && count <= RangeSet.limit
        }
        guard isValid, count > 0, count <= RangeSet.limit else {
            self = .whole
            return
        }
        guard let first else {
            self = .unsatisfiable
            return
        }
        if more.isEmpty {
            self = .one(first)
        } else {
            let all = [first] + more
            self = RangeSet.areApart(all) ? .many(all) : .whole
        }
    }

    private enum Part {
        case invalid, absent
        case part(Range<Int>)
    }

    private static func part(_ bytes: Span<UInt8>, _ element: Range<Int>, size: Int) -> Part {
        guard let dash = bytes.first(UInt8(ascii: "-"), in: element) else { return .invalid }
        let (before, after) = (element.lowerBound..<dash, dash + 1..<element.upperBound)
        if before.isEmpty {
            guard let suffix = bytes.position(at: after) else { return .invalid }
            // In range: neither is negative.
            return suffix == 0 || size == 0 ? .absent : .part(max(0, size - suffix)..<size)
        }
        guard let start = bytes.position(at: before) else { return .invalid }
        var last = Int.max - 1
        if !after.isEmpty {
            guard let number = bytes.position(at: after), number >= start else { return .invalid }
            last = number
        }
        // In range: the size is 1 at least, and both bounds end with it.
        return start < size ? .part(start..<min(last, size - 1) + 1) : .absent
    }

    private static func areApart(_ ranges: [Range<Int>]) -> Bool {
        let sorted = ranges.sorted { $0.lowerBound < $1.lowerBound }
        return zip(sorted, sorted.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }
    }
}

extension Span<UInt8> {
    /// The digits at a range as a position; what has more digits than any file is beyond its end.
    fileprivate func position(at range: Range<Int>) -> Int? {
        guard range.count > 18 else { return number(at: range) }
        for index in range where !self[index].isDigit { return nil }
        return Int.max / 2
    }
}
