import Glibc
import Platform

/// The descriptors that a service has given to systemd, as systemd keeps them.
final class DescriptorStore: Sendable {
    /// One of them.
    struct Entry: Sendable {
        let name: String
        let descriptor: CInt
    }

    private let content = Lock<[Entry]>([])
    /// Whether it has room; without any, systemd closes what it is given.
    private let hasRoom: Bool

    init(hasRoom: Bool) { self.hasRoom = hasRoom }

    deinit { for entry in entries { close(entry.descriptor) } }

    var entries: [Entry] { content.withLock { $0 } }

    /// Does what a datagram asks for.
    func take(_ text: String, _ descriptor: CInt) {
        let lines = text.split(separator: "\n")
        let name = lines.first { $0.hasPrefix("FDNAME=") }.map { String($0.dropFirst(7)) } ?? ""
        if lines.contains("FDSTORE=1"), descriptor >= 0, hasRoom {
            content.withLock { $0.append(Entry(name: name, descriptor: descriptor)) }
        } else if descriptor >= 0 {
            close(descriptor)
        }
        guard lines.contains("FDSTOREREMOVE=1") else { return }
        content.withLock { entries in
            for entry in entries where entry.name == name { close(entry.descriptor) }
            entries.removeAll { $0.name == name }
        }
    }
}
