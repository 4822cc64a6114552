internal import NetworkTypes

/// The text of a file of networks: one a line, blank lines and comments that begin with `#`.
///
/// UTF-8 with or without a byte order mark; lines end with LF or CRLF.
package struct AddressListFile: Sendable {
    /// A line that is none.
    package struct Mistake: Hashable, Sendable {
        /// From 1.
        package let line: Int
        /// From 1, in bytes.
        package let column: Int
        /// No capital, no full stop.
        package let message: String
    }

    /// The networks of the lines without mistakes.
    package let list: AddressList
    /// The first ``mistakeLimit`` mistakes, in the order of lines.
    package private(set) var mistakes: [Mistake] = []
    /// How many mistakes there are.
    package private(set) var mistakeCount = 0

    /// How many mistakes are told one by one.
    package static let mistakeLimit = 20
    /// The longest line, in bytes.
    package static let lengthLimit = 4_096

    /// Reads a text.
    package init(_ bytes: Span<UInt8>) {
        var (mistakes, count): ([Mistake], Int) = ([], 0)
        func note(_ line: Int, _ column: Int, _ message: @autoclosure () -> String) {
            count += 1
            guard mistakes.count < Self.mistakeLimit else { return }
            mistakes.append(Mistake(line: line, column: column, message: message()))
        }
        var builder = AddressListBuilder()
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let hasMark = bytes.count >= 3 && mark.indices.allSatisfy { bytes[$0] == mark[$0] }
        var (start, line) = (hasMark ? 3 : 0, 0)
        while start < bytes.count {
            line += 1
            guard line <= AddressList.lineLimit else {
                note(line, 1, "the file has more than \(AddressList.lineLimit) lines: split it")
                break
            }
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
            let text = bytes.extracting(start..<end)
            do throws(Flaw) {
                if let entry = try Self.entry(of: text) {
                    let network: IPNetwork
                    do throws(AddressMistake) {
                        network = try AddressSyntax.network(text.extracting(entry))
                    } catch {
                        throw Flaw(offset: entry.lowerBound, message: error.message)
                    }
                    builder.add(network, line: line)
                }
            } catch {
                note(line, error.offset + 1, error.message)
            }
            start = end + 1
        }
        list = builder.list()
        (self.mistakes, mistakeCount) = (mistakes, count)
    }

    private struct Flaw: Error {
        let offset: Int
        let message: String
    }

    /// Where the network of a line is; nil for a line without one.
    private static func entry(of line: Span<UInt8>) throws(Flaw) -> Range<Int>? {
        guard line.count <= lengthLimit else {
            throw Flaw(
                offset: lengthLimit, message: "the line is longer than \(lengthLimit) bytes")
        }
        var (start, end) = (0, 0)
        var isEmpty = true
        for index in line.indices {
            switch line[index] {
            case 0:
                throw Flaw(
                    offset: index, message: "a NUL byte: the file is not text, or is damaged")
            case UInt8(ascii: "#"):
                return isEmpty ? nil : start..<end
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                break
            default:
                if isEmpty { start = index }
                (isEmpty, end) = (false, index + 1)
            }
        }
        return isEmpty ? nil : start..<end
    }
}
