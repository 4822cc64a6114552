import Synchronization

/// Who is here, on whatever event loop, and how to reach them.
final class Room: Sendable {
    /// What waits for one member, at most so many messages: who reads slower misses the next ones.
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

    /// Lets somebody in.
    ///
    /// - Returns: what the others say from now on; nil when the name is taken or the room is full.
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
        tell("* \(name) came", except: id)
        return messages
    }

    /// Lets somebody go, and ends the messages.
    func leave(_ id: UInt64) {
        guard let member = members.withLock({ $0.removeValue(forKey: id) }) else { return }
        member.mailbox.finish()
        tell("* \(member.name) left", except: id)
    }

    /// Tells all but one.
    func tell(_ message: String, except id: UInt64) {
        let mailboxes = members.withLock { members in
            members.filter { $0.key != id }.map(\.value.mailbox)
        }
        for mailbox in mailboxes { mailbox.yield(message) }
    }

    /// The names of those who are here.
    var names: [String] { members.withLock { $0.values.map(\.name).sorted() } }
}
