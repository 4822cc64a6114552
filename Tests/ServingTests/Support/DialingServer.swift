import EventLoops
import HandlerAPI
import NetworkTypes
import Platform
import TLS
import TestSupport

@testable import Serving

/// A target, and a server in front of it whose handler dials it: each link plain or TLS.
final class DialingServer {
    let target: TestServer
    let front: TestServer
    /// What each closed connection to the target has moved.
    let traffic = Lock<[Traffic]>([])

    /// Serves at once.
    ///
    /// - Parameters:
    ///   - handler: what the target does.
    ///   - transport: what it speaks.
    ///   - front: what the clients of the front speak.
    ///   - idleTimeout: of the relay.
    ///   - isAwaited: whether a task of the front waits for the end of the relay.
    /// - Throws: what kept one of the two from listening.
    init(
        _ handler: ScriptedHandler, over transport: Transport, front: Transport,
        idleTimeout: Duration? = nil, isAwaited: Bool = false
    ) throws {
        let target = try TestServer(handler, over: transport)
        let dialed = try target.dialTarget()
        let traffic = traffic
        self.target = target
        self.front = try TestServer(
            ScriptedHandler { client in
                let peer = try await client.connect(to: dialed) { moved in
                    traffic.withLock { $0.append(moved) }
                }
                guard isAwaited else { return .relay(to: peer, idleTimeout: idleTimeout) }
                let moved = try await client.relay(to: peer, idleTimeout: idleTimeout)
                client.log(.info, "moved \(moved.sent) \(moved.received)")
                return .close
            }, over: front)
    }

    /// Waits until a connection to the target is closed.
    func nextTraffic() throws -> Traffic {
        try waitUntil("the end of a connection to the target") {
            traffic.withLock { !$0.isEmpty }
        }
        return traffic.withLock { $0.removeFirst() }
    }
}

extension TestServer {
    /// How to dial this server, its certificate verified.
    func dialTarget(verifies: Bool = true) throws -> DialTarget {
        var target = DialTarget(.host("127.0.0.1", port: port))
        guard let authority else { return target }
        var settings = TLSClientContext.Settings()
        settings.verifies = verifies
        settings.authorities = authority
        target.tls = DialingPolicy(try TLSClientContext(settings))
        target.serverName = "a.test"
        return target
    }
}

extension TestServer {
    /// The bytes that its relays have moved through pipes and given them back.
    func splicedBytes() throws -> UInt64 {
        let count = Lock<UInt64>(0)
        for worker in server.workers {
            let bell = try EventBell()
            worker.loop.perform {
                count.withLock { $0 += worker.pipes.passed }
                bell.ring()
            }
            bell.wait()
        }
        return count.withLock { $0 }
    }
}
