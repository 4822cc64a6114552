internal import Platform

/// Numbers for hosts, so that a loop can leave word of whom it works for where any thread may look,
/// also when the loop does not answer any more.
///
/// Hosts of one tag and handler have one number, over all reloads; so the list grows with the names that
/// configurations bring only.
package enum HostNumbers {
    /// What a number stands for.
    package struct Host: Hashable, Sendable {
        /// Its `HostTag`.
        package let hostTag: String
        /// Its handler.
        package let handler: String
    }

    private struct Content {
        var hosts: [Host] = []
        var numbers: [Host: UInt32] = [:]
    }

    private static let content = Lock(Content())

    /// The number of a host, from 1 on.
    static func number(hostTag: String, handler: String) -> UInt32 {
        content.withLock { content in
            let host = Host(hostTag: hostTag, handler: handler)
            if let number = content.numbers[host] { return number }
            content.hosts.append(host)
            content.numbers[host] = UInt32(content.hosts.count)
            return UInt32(content.hosts.count)
        }
    }

    /// The host of a number; nil for 0.
    static func host(_ number: UInt32) -> Host? {
        number == 0 ? nil : content.withLock { $0.hosts[Int(number) - 1] }
    }
}
