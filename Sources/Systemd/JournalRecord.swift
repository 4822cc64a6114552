/// The fields of one journal record, one after the other in one buffer.
package struct JournalRecord: Sendable {
    /// The most bytes of a value; a longer one is truncated between two characters.
    package static let valueLimit = 16_384

    /// `NAME=value` of every field, without separators: a value may hold any byte.
    private(set) var bytes: [UInt8] = []
    /// Where in ``bytes`` each field ends.
    private(set) var ends: [Int] = []

    /// Creates an empty record.
    package init() {
        bytes.reserveCapacity(1024)
        ends.reserveCapacity(JournalField.allCases.count)
    }

    /// Adds a field; a second value of the same field is kept beside the first.
    package mutating func append(_ field: JournalField, _ value: some StringProtocol) {
        bytes.append(contentsOf: field.rawValue.utf8)
        bytes.append(UInt8(ascii: "="))
        bytes.append(contentsOf: value.prefix(utf8Bytes: Self.valueLimit).utf8)
        ends.append(bytes.count)
    }

    /// Adds a field with a number.
    package mutating func append(_ field: JournalField, _ value: some BinaryInteger) {
        append(field, String(value))
    }

    /// Forgets every field and keeps the memory for the next record.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }
}
