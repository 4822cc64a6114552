import Synchronization

/// The members, on any event loop, and their mailboxes.
final class Room: Sendable {
    /// Messages queued for a member; a member that reads too slowly misses further ones.
    private static let mailboxLimit = 64

    private struct Member {
        var name: String
        let mailbox: AsyncStream<String>.Continuation
    }

    private let members = Mutex<[UInt64: Member]>([:])
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// Adds a member.
    ///
    /// - Returns: the messages of the others; nil if the name is taken or the room is full.
    func enter(_ id: UInt64, as name: String) -> AsyncStream<String>? {
        let (messages, mailbox) = AsyncStream.makeStream(
            of: String.self, bufferingPolicy: .bufferingOldest(Room.mailboxLimit))
        let isIn = members.withLock { members in
            guard members.count < limit, !members.values.contains(where: { $0.name == name })
            else { return false }
            members[id] = Member(name: name, mailbox: mailbox)
            return true
        }
        guard isIn else { return nil }
        broadcast("* \(name) came", except: id)
        return messages
    }

    /// Removes a member, and finishes its messages.
    func leave(_ id: UInt64) {
        guard let member = members.withLock({ $0.removeValue(forKey: id) }) else { return }
        member.mailbox.finish()
        broadcast("* \(member.name) left", except: id)
    }

    /// Sends a message to all members but one.
    func broadcast(_ message: String, except id: UInt64) {
        let mailboxes = members.withLock { members in
            members.filter { $0.key != id }.map(\.value.mailbox)
        }
        for mailbox in mailboxes { mailbox.yield(message) }
    }

    /// The names of the members.
    var names: [String] { members.withLock { $0.values.map(\.name).sorted() } }
}
