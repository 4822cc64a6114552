internal import Glibc

/// The program under test.
package enum Icshostd {
    /// The directory of the binary that was built with these tests: it is beside their bundle.
    package static let directory: String = {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        let own = String(
            decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return own.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    }()

    /// The binary.
    package static let path = directory + "/icshostd"

    /// Runs it to its end.
    package static func run(_ words: String...) throws -> Command { try Command([path] + words) }
}
