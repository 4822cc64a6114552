// A client does not outlive its call in a list with a lock.
import HandlerAPI
import Synchronization

final class Room: Sendable {
    private let members = Mutex<[Client]>([])

    func add(_ client: Client) {
        // error: 'inout sending' parameter '$0' cannot be task-isolated at end of function
        members.withLock { $0.append(client) }
    }
}

struct Chat: Handler {
    static let name = "chat"
    static let summary = "a room"
    private let room = Room()

    init(_ options: HandlerOptions) {}

    func serve(_ client: Client) async throws -> Afterwards {
        room.add(client)
        return .close
    }
}
