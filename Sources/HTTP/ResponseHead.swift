/// Writes the head of a response (RFC 9112, 4 and 5).
package struct ResponseHead: Sendable {
    /// What was written so far.
    package private(set) var bytes: [UInt8] = []

    /// Begins with the status line.
    package init(_ status: Status) {
        bytes.reserveCapacity(384)
        append("HTTP/1.1 ")
        append(status.code)
        append(" ")
        append(status.phrase)
        append("\r\n")
    }

    /// Adds a field; neither part may have a line end in it.
    package mutating func add(_ name: String, _ value: String) {
        append(name)
        append(": ")
        append(value)
        append("\r\n")
    }

    /// Adds a field with a number.
    package mutating func add(_ name: String, _ value: Int) {
        append(name)
        append(": ")
        append(value)
        append("\r\n")
    }

    /// Adds a field whose value is bytes.
    package mutating func add(_ name: String, _ value: Span<UInt8>) {
        append(name)
        append(": ")
        for index in value.indices { bytes.append(value[index]) }
        append("\r\n")
    }

    /// Adds whole lines, each with its end.
    package mutating func add(lines: [UInt8]) { bytes += lines }

    /// Ends the head.
    package mutating func end() { append("\r\n") }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func append(_ number: Int) {
        var (digits, left) = (InlineArray<20, UInt8>(repeating: 0), number.magnitude)
        var count = 0
        repeat {
            digits[count] = UInt8(ascii: "0") + UInt8(left % 10)
            (left, count) = (left / 10, count + 1)
        } while left > 0
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        while count > 0 {
            count -= 1
            bytes.append(digits[count])
        }
    }
}
