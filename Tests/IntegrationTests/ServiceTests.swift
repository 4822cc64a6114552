import Glibc
import Logging
import ServiceLifecycle
import SocketServer
import SocketServerLifecycle
import TestSupport
import Testing

/// A server as a service of a real `ServiceGroup`.
@Suite struct ServiceTests {
    /// A process of its own gets a real SIGTERM while a client is connected.
    @Test func aSignalDrainsTheServerBeforeOtherServicesShutDown() throws {
        let process = try ChildProcess(["\(Icshostd.directory)/LifecycleProgram"])
        try waitUntil("the port") { process.output.contains("\n") }
        let port = try #require(
            process.output.split(separator: "\n").first.flatMap { UInt16($0.dropFirst(5)) })
        let client = try PlainClient(to: "127.0.0.1", port: port)
        #expect(try client.echoes("here\n"))
        process.send(SIGTERM)
        // It is served until the drain has reached it.
        var answer = ""
        repeat {
            try client.send("again\n")
            answer = ""
            while !answer.hasSuffix("\n") {
                answer += String(decoding: try client.receive(), as: UTF8.self)
            }
        } while answer == "again\n"
        #expect(answer == "draining\n")
        #expect(try process.waitForEnd() == .exited(0))
        #expect(
            process.output.split(separator: "\n").dropFirst() == [
                "saves after the server has ended", "saved", "exits",
            ])
    }

    /// A client that stays, in a drain without end.
    @Test(.timeLimit(.minutes(1))) func cancellationAbortsTheDrain() async throws {
        var options = SocketServer.Options()
        options.drainTimeout = .seconds(86_400)
        let server = SocketServer(listen: "127.0.0.1:0", options: options) { client in
            while try await client.read({ client.send($0) }) { try await client.flush() }
            return .close
        }
        let port = try #require(try await server.listen().first?.address?.port)
        let group = ServiceGroup(
            services: [SocketServerService(server)], logger: Logger(label: "test"))
        let running = Task { try await group.run() }
        let client = try PlainClient(to: "127.0.0.1", port: port)
        #expect(try client.echoes("here"))
        await group.triggerGracefulShutdown()
        while server.state != .draining { await Task.yield() }
        #expect(try client.echoes("still here"))
        running.cancel()
        _ = await running.result
        #expect(server.state == .ended)
        #expect((try? client.receiveAll()) ?? [] == [])
    }

    @Test func aServerThatCannotListenFailsItsGroup() async throws {
        let taken = try ReservedPort(isListening: true)
        let server = SocketServer(listen: "127.0.0.1:\(taken.number)") { _ in .close }
        let group = ServiceGroup(
            services: [SocketServerService(server)], logger: Logger(label: "test"))
        await #expect(throws: ListenError.self) { try await group.run() }
    }

    @Test(.timeLimit(.minutes(1))) func aServerThatEndsEndsItsService() async throws {
        let server = SocketServer(listen: "127.0.0.1:0") { _ in .close }
        try await server.listen()
        let service = SocketServerService(server)
        let running = Task { try await service.run() }
        await server.drain()
        try await running.value
        #expect(server.state == .ended)
    }
}
