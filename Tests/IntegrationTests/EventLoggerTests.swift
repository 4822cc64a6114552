import InMemoryLogging
import Logging
import SocketServer
import SocketServerLogging
import TestSupport
import Testing

/// The records of swift-log about a real server and its clients.
@Suite struct EventLoggerTests {
    private struct Broken: Error {}

    @Test(.timeLimit(.minutes(20))) func eachEventIsARecordWithItsFacts() async throws {
        let server = SocketServer(listen: "127.0.0.1:0") { client in
            let line = try await client.readLine()
            if line == "break" { throw Broken() }
            try await client.write("\(line ?? "")\n")
            return .close
        }
        let memory = InMemoryLogHandler()
        var logger = Logger(label: "test", factory: { _ in memory })
        logger.logLevel = .trace
        let events = EventLogger(server, to: logger)
        async let logging: Void = events.run()
        let listener = try #require(try await server.listen().first)
        let port = try #require(listener.address?.port)
        for line in ["hello\n", "break\n"] {
            let client = try PlainClient(to: "127.0.0.1", port: port)
            try client.send(line)
            _ = try? client.receiveAll()
        }
        await server.drain()
        await logging
        let entries = memory.entries
        let texts = entries.map { "\($0.level): \($0.message)" }
        #expect(texts.first { $0.hasSuffix("listening") } == "info: the server is listening")
        #expect(texts.last == "info: the server is ended")
        #expect(texts.count { $0 == "trace: a client is accepted" } == 2)
        #expect(texts.count { $0 == "debug: a client is connected" } == 2)
        #expect(texts.count { $0 == "error: a handler failed" } == 1)
        let ends = entries.filter { $0.message == "a client is disconnected" }
        let good = try #require(ends.first { $0.level == .debug })
        #expect(good.metadata["bytes-in"] == "6")
        #expect(good.metadata["bytes-out"] == "6")
        #expect(good.metadata["listener"] == "127.0.0.1:\(port)")
        #expect(good.metadata["tls"] == nil)
        let bad = try #require(ends.first { $0.level == .info })
        #expect(bad.metadata["reason"] == "handler-error")
        #expect(bad.metadata["client"] != good.metadata["client"])
    }

    @Test(.timeLimit(.minutes(20))) func theLevelOfTheLoggerDecides() async throws {
        let server = SocketServer(listen: "127.0.0.1:0") { _ in .close }
        let memory = InMemoryLogHandler()
        var logger = Logger(label: "test", factory: { _ in memory })
        logger.logLevel = .notice
        let events = EventLogger(server, to: logger)
        async let logging: Void = events.run()
        let port = try #require(try await server.listen().first?.address?.port)
        _ = try PlainClient(to: "127.0.0.1", port: port).receiveAll()
        await server.drain()
        await logging
        #expect(memory.entries.allSatisfy { $0.level >= .notice })
        #expect(memory.entries.contains { $0.message == "a host is up" })
    }
}
