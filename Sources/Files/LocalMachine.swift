internal import Glibc

/// The machine that this process runs on.
package enum LocalMachine {
    /// Its name (gethostname(2)).
    package static let name: String = {
        var buffer = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()
}
