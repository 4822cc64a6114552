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
    @Test(.timeLimit(.minutes(20))) func cancellationAbortsTheDrain() async throws {
        var options = SocketServer.Options()
        options.drainTimeout = .seconds(86_400)
        let server = SocketServer(listen: "127.0.0.1:0", options: options) { client in
            while try await client.read({ client.send($0) }) { try await client.flush() }
            return .close
        }
        let group = ServiceGroup(
            services: [SocketServerService(server)], logger: Logger(label: "test"))
        let running = Task { try await group.run() }
        let port = try await Self.port(of: server)
        let client = try PlainClient(to: "127.0.0.1", port: port)
        #expect(try client.echoes("here"))
        await group.triggerGracefulShutdown()
        while server.state != .draining { try await Task.sleep(for: .milliseconds(1)) }
        #expect(try client.echoes("still here"))
        running.cancel()
        _ = await running.result
        #expect(server.state == .ended)
        #expect((try? client.receiveAll()) ?? [] == [])
    }

    /// The port of a server that its service has started.
    private static func port(of server: SocketServer) async throws -> UInt16 {
        while server.state != .listening { try await Task.sleep(for: .milliseconds(1)) }
        return try #require(server.listeners.first?.address?.port)
    }

    @Test(.timeLimit(.minutes(20))) func aServerThatCannotListenFailsItsGroup() async throws {
        let taken = try ReservedPort(isListening: true)
        let server = SocketServer(listen: "127.0.0.1:\(taken.number)") { _ in .close }
        let group = ServiceGroup(
            services: [SocketServerService(server)], logger: Logger(label: "test"))
        await #expect(throws: ListenError.self) { try await group.run() }
        withExtendedLifetime(taken) {}
    }

    @Test(.timeLimit(.minutes(20))) func aServerThatEndsEndsItsService() async throws {
        let server = SocketServer(listen: "127.0.0.1:0") { _ in .close }
        let running = Task { try await SocketServerService(server).run() }
        _ = try await Self.port(of: server)
        await server.drain()
        try await running.value
        #expect(server.state == .ended)
    }
}
