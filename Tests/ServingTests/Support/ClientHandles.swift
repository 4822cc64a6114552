import EventLoops
import HandlerAPI
import Platform
import TestSupport

@testable import Serving

extension TestServer {
    /// The handles of all clients now, in the order of their numbers.
    func handles() throws -> [ClientHandle] {
        let found = Lock<[ClientHandle]>([])
        let bell = try EventBell()
        for worker in server.workers {
            worker.loop.perform {
                let handles = worker.clients(from: 0).clients.map { ClientHandle($0.needMailbox()) }
                found.withLock { $0 += handles }
                bell.ring()
            }
            bell.wait()
        }
        return found.withLock { $0.sorted { $0.id < $1.id } }
    }

    /// The handle of the only client, once it is accepted.
    func handle() throws -> ClientHandle {
        var handle: ClientHandle?
        try waitUntil("a client") {
            handle = try handles().first
            return handle != nil
        }
        guard let handle else { throw TestFailure("no client") }
        return handle
    }

    /// Waits until the only client is in a phase, as its handle reports it.
    func wait(for phase: Connection.Phase) throws {
        try waitUntil("a client in phase \(phase)") {
            let found = Lock<Connection.Phase?>(nil)
            let bell = try EventBell()
            server.workers[0].loop.perform { [server] in
                let clients = server.workers[0].clients(from: 0).clients
                found.withLock { $0 = clients.first?.phase }
                bell.ring()
            }
            bell.wait()
            return found.withLock { $0 } == phase
        }
    }
}
