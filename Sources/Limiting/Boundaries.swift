/// The networks of one family as boundaries: from each on, up to the next, one network is the longest match.
///
/// Theory of operation: networks are nested or apart, never crossing. So a list of them is a line of addresses that is
/// cut where the longest match changes, at twice as many places as there are networks at most. A look-up is a binary
/// search for the last boundary at or below the address. In long lists two indexes make it short: one by the upper 16
/// bits and, where many boundaries have the same, one by as many of the next bits as leave a few boundaries each. IPv6
/// needs the second one: all of its addresses begin with a few dozen values of 16 bits.
struct Boundaries<Key: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
    private var starts: [Key] = []
    /// What holds from the boundary with the same index on.
    private var marks: [AddressMark] = []
    /// How many boundaries are below each value of the upper 16 bits; empty for short lists.
    private var index: [UInt32] = []
    /// The part of ``fineIndex`` for each value of the upper 16 bits.
    private var fineParts: [FinePart] = []
    /// How many boundaries are below each value of the bits behind the upper 16, for values that have many.
    private var fineIndex: [UInt32] = []
    /// The networks that contain the current position, outermost first.
    private var open: [(end: Key, mark: AddressMark)] = []

    private struct FinePart {
        var start: UInt32 = 0
        /// How many bits; 0 for none.
        var bits: UInt8 = 0
    }

    /// The boundaries from which on the indexes pay: they take 768 KiB.
    private static var indexedCount: Int { 4_096 }
    /// Values of the upper 16 bits with more boundaries have a fine index.
    private static var coarseCount: Int { 32 }
    private static var coarseBits: Int { 16 }

    init() {}

    /// Makes room for so many networks.
    mutating func reserve(_ networks: Int) {
        starts.reserveCapacity(2 * networks)
        marks.reserveCapacity(2 * networks)
    }

    /// Adds a network; in the order of first addresses, and of lengths where those are the same.
    mutating func add(_ start: Key, _ mark: AddressMark) {
        close(before: start)
        let length = mark.length
        let end = length == Key.bitWidth ? start : start | (Key.max >> Key(length))
        cut(at: start, mark)
        open.append((end, mark))
    }

    /// Ends the construction.
    mutating func finish() {
        close(before: nil)
        open = []
        if starts.count >= Self.indexedCount { makeIndexes() }
    }

    /// Ends the networks whose last address is before a position; nil ends all.
    private mutating func close(before position: Key?) {
        while let last = open.last, position.map({ last.end < $0 }) ?? true {
            open.removeLast()
            guard last.end < Key.max else { continue }
            cut(at: last.end + 1, open.last?.mark ?? .nothing)
        }
    }

    private mutating func cut(at start: Key, _ mark: AddressMark) {
        if starts.last == start {
            marks[marks.count - 1] = mark
        } else if marks.last ?? .nothing != mark {
            starts.append(start)
            marks.append(mark)
        }
    }

    private mutating func makeIndexes() {
        let values = 1 << Self.coarseBits
        index.reserveCapacity(values + 1)
        fineParts.reserveCapacity(values)
        var first = 0
        for value in 0..<values {
            index.append(UInt32(first))
            var end = first
            while end < starts.count, Self.upper(starts[end]) == value { end += 1 }
            fineParts.append(makeFinePart(first..<end))
            first = end
        }
        index.append(UInt32(first))
    }

    private static func upper(_ key: Key) -> Int { Int(key >> Key(Key.bitWidth - coarseBits)) }

    /// The bits behind the upper 16.
    private static func next(_ bits: UInt8, of key: Key) -> Int {
        Int((key << Key(coarseBits)) >> Key(Key.bitWidth - Int(bits)))
    }

    private mutating func makeFinePart(_ range: Range<Int>) -> FinePart {
        guard range.count > Self.coarseCount else { return FinePart() }
        // Two to four boundaries for each value, if they are spread evenly.
        let wanted = (range.count / 2).bitWidth - 1 - (range.count / 2).leadingZeroBitCount
        let bits = UInt8(min(wanted, Key.bitWidth - Self.coarseBits))
        let part = FinePart(start: UInt32(fineIndex.count), bits: bits)
        var count = range.lowerBound
        for value in 0...(1 << Int(bits)) {
            while count < range.upperBound, Self.next(bits, of: starts[count]) < value {
                count += 1
            }
            fineIndex.append(UInt32(count))
        }
        return part
    }

    /// The longest network that contains an address.
    func mark(of address: Key) -> AddressMark {
        var low = 0
        var high = starts.count
        if !index.isEmpty {
            let value = Self.upper(address)
            let part = fineParts[value]
            if part.bits > 0 {
                let place = Int(part.start) + Self.next(part.bits, of: address)
                (low, high) = (Int(fineIndex[place]), Int(fineIndex[place + 1]))
            } else {
                (low, high) = (Int(index[value]), Int(index[value + 1]))
            }
        }
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= address { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? .nothing : marks[low - 1]
    }
}

/// A network in four bytes: its length and the line that has it.
struct AddressMark: Hashable, Sendable {
    /// The length and one, above 24 bits of the line.
    private let value: UInt32

    /// No network.
    static let nothing = AddressMark(value: 0)
    static let lineLimit = 1 << 24 - 1

    private init(value: UInt32) { self.value = value }

    /// - Parameters:
    ///   - length: 0 to 128.
    ///   - line: 0 to ``lineLimit``.
    init(length: Int, line: Int) {
        precondition((0...128).contains(length) && (0...AddressMark.lineLimit).contains(line))
        value = UInt32(length + 1) << 24 | UInt32(line)
    }

    var length: Int { Int(value >> 24) - 1 }
    var line: Int { Int(value & 0xFF_FFFF) }
}
