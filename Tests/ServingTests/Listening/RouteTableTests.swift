import Configuration
import EventLoops
import HandlerAPI
import NetworkTypes
import Platform
import TestSupport
import Testing

@testable import Serving

/// Where the clients of a listener go while the server goes from one state to the next.
@Suite struct RouteTableTests {
    typealias TestHost = ChangingServer.TestHost

    private static func change(_ old: OpenedPlan, _ new: OpenedPlan) -> ServerChange {
        ServerChange(from: old, to: new, limits: Limits())
    }

    @Test func aRouteKeepsItsListenerAndChangesItsRouter() throws {
        let port = try ReservedPort()
        let first = ChangingServer.open([TestHost("A", .echo, port: port)], after: .empty)
        let second = ChangingServer.open([TestHost("B", .echo, port: port)], after: first)
        let table = RouteTable()
        let added = table.update(Self.change(.empty, first))
        #expect(added.map(\.listener.id) == first.endpoints.map(\.listener.id))
        let facts = try #require(added.first).router.listener
        #expect(table.router(of: facts)?.plainHost?.section == "A")
        #expect(table.update(Self.change(first, second)).isEmpty)
        #expect(table.router(of: facts)?.plainHost?.section == "B")
        #expect(added.first?.router.plainHost?.section == "B")
    }

    @Test func aClosedListenerHasNoRoute() throws {
        let ports = (try ReservedPort(), try ReservedPort())
        let kept = TestHost("B", .echo, port: ports.1)
        let first = ChangingServer.open([TestHost("A", .echo, port: ports.0), kept], after: .empty)
        let second = ChangingServer.open([kept], after: first)
        let table = RouteTable()
        let facts = table.update(Self.change(.empty, first)).map(\.router.listener)
        // The one that was requested last is remembered.
        #expect(table.router(of: facts[0]) != nil)
        _ = table.update(Self.change(first, second))
        #expect(table.router(of: facts[0]) == nil)
        #expect(table.router(of: facts[1])?.plainHost?.section == "B")
        table.removeAll()
        #expect(table.router(of: facts[1]) == nil)
    }

    @Test func aDialToAnOwnListenerIsFoundByItsAddress() throws {
        let ports = (try ReservedPort(), try ReservedPort())
        let opened = ChangingServer.open(
            [TestHost("A", .echo, port: ports.0), TestHost("B", .echo, port: ports.1)],
            after: .empty)
        let hosts = opened.states.compactMap(\.host)
        let table = RouteTable()
        _ = table.update(Self.change(.empty, opened))
        func leads(to host: Host, port: UInt16) -> Bool {
            let address = SocketAddress(IPAddress(v4: 0x7f00_0001), port: port)
            let target = DialTarget(.host("127.0.0.1", port: port))
            return table.leads(Endpoint(address), target, to: host)
        }
        #expect(leads(to: hosts[0], port: ports.0.number))
        #expect(!leads(to: hosts[1], port: ports.0.number))
        #expect(!leads(to: hosts[0], port: ports.1.number))
    }

    /// A client that was accepted before the drain still requests hosts of its listener.
    @Test func routesOutliveTheAcceptors() throws {
        let port = try ReservedPort()
        let name = Array("a.test".utf8)
        let handler = ScriptedHandler { client in
            try await client.write("?")
            while try await client.read({ _ in }) {
                let answer =
                    if case .misdirected = client.host(for: name.span) { "no" } else { "yes" }
                try await client.write(answer)
            }
            return .close
        }
        let server = try ChangingServer([TestHost("A", handler, port: port)])
        let client = try PlainClient(to: "127.0.0.1", port: port.number)
        #expect(try client.receive(atLeast: 1).count == 1)
        server.server.drain {}
        let draining = Lock(Set<ObjectIdentifier>())
        try waitUntil("all loops drain") {
            for worker in server.server.workers {
                worker.loop.perform {
                    guard worker.isDraining else { return }
                    draining.withLock { _ = $0.insert(ObjectIdentifier(worker)) }
                }
            }
            return draining.withLock { $0.count } == server.server.workers.count
        }
        try client.send("x")
        #expect(try client.receive(atLeast: 2) == Array("yes".utf8))
    }
}
