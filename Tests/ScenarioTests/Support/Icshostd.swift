import Glibc
import TestSupport

/// The program under test.
enum Icshostd {
    /// The binary that was built with these tests: it is beside their bundle.
    static let path: String = {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        let own = String(
            decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return own.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/icshostd"
    }()

    /// Runs it to its end.
    static func run(_ words: String...) throws -> Command { try Command([path] + words) }
}
