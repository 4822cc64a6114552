import Glibc
import Platform
import SocketServer
import TestSupport
import Testing

/// A server on the thread of the program.
@Suite struct CallerLoopTests {
    /// Which threads have run a handler.
    private let threads = Lock<Set<pthread_t>>([])

    private func server(on loop: borrowing CallerLoop) -> SocketServer {
        var options = SocketServer.Options()
        options.loops = .shared(loop.group)
        let threads = threads
        let handler = HandlerSource.serve { client in
            while try await client.read({ client.send($0) }) {
                threads.withLock { _ = $0.insert(pthread_self()) }
            }
            return .close
        }
        return SocketServer([EchoHost.host(handler)], options: options)
    }

    @Test func clientsAreServedWhenTheProgramPolls() async throws {
        var loop = try CallerLoop()
        let server = server(on: loop)
        // Nobody turns the loop meanwhile.
        try await server.listen()
        try serve(&loop, try server.connect())
        await server.drain(within: .zero)
        #expect(server.state == .ended)
    }

    private func serve(_ loop: inout CallerLoop, _ client: PlainClient) throws {
        // The test's task may continue on another thread after an await.
        threads.withLock { $0.removeAll() }
        // The test may have changed its thread since the last call.
        threads.withLock { $0 = [] }
        try client.send("hello")
        var entries = [
            pollfd(fd: loop.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: client.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        var received: [UInt8] = []
        try waitUntil("the echo") {
            _ = unsafe poll(&entries, 2, 1_000)
            if entries[0].revents != 0 { loop.turn() }
            if entries[1].revents != 0 { received += try client.receiveNow() ?? [] }
            return received == Array("hello".utf8)
        }
        #expect(threads.withLock { $0 } == [pthread_self()])
    }

    @Test func itRunsUntilAConditionIsTrue() async throws {
        var loop = try CallerLoop()
        let server = server(on: loop)
        try await server.listen()
        let client = try server.connect()
        try client.send("hello")
        let threads = threads
        loop.run { threads.withLock { !$0.isEmpty } }
        #expect(try client.receive("hello"))
        await server.drain(within: .zero)
    }

    @Test func twoServersShareIt() async throws {
        var loop = try CallerLoop()
        let servers = [server(on: loop), server(on: loop)]
        for server in servers { try await server.listen() }
        for server in servers { try serve(&loop, try server.connect()) }
        await servers[0].drain(within: .zero)
        try serve(&loop, try servers[1].connect())
        await servers[1].drain(within: .zero)
    }

    @Test func aServerDrainsAndAbortsWhileNobodyTurnsItsLoop() async throws {
        for isAborted in [false, true] {
            var loop = try CallerLoop()
            let server = server(on: loop)
            try await server.listen()
            let client = try server.connect()
            try serve(&loop, client)
            if isAborted { server.abort() }
            await server.drain(within: .zero)
            #expect(server.state == .ended)
            #expect(try client.receive().isEmpty)
        }
    }
}
