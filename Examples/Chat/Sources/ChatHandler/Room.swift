import HandlerAPI
import Synchronization

/// The members of a room, who may be on any event loop.
final class Room: Sendable {
    private let members = Mutex<[String: ClientHandle]>([:])
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// Adds a member.
    ///
    /// - Returns: false if the name is taken or the room is full.
    func enter(_ client: ClientHandle, as name: String) -> Bool {
        let isIn = members.withLock { members in
            guard members.count < limit, members[name] == nil else { return false }
            members[name] = client
            return true
        }
        if isIn { broadcast("* \(name) came", except: client) }
        return isIn
    }

    /// Removes a member.
    func leave(_ name: String) {
        guard let client = members.withLock({ $0.removeValue(forKey: name) }) else { return }
        broadcast("* \(name) left", except: client)
    }

    /// Disconnects a member.
    ///
    /// - Returns: false if there is none of that name.
    func kick(_ name: String) -> Bool {
        let client = members.withLock { $0[name] }
        client?.disconnect("kicked")
        return client != nil
    }

    /// Sends a message to all members but one; those that read too slowly miss it.
    func broadcast(_ message: String, except sender: ClientHandle) {
        let others = members.withLock { $0.values.filter { $0 != sender } }
        for other in others { other.send("\(message)\r\n") }
    }

    /// The names of the members.
    var names: [String] { members.withLock { $0.keys.sorted() } }
}
