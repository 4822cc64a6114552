import MetricsTestKit
import SocketServer
import SocketServerMetrics
import TestSupport
import Testing

/// The metrics of swift-metrics about a real server and its clients.
@Suite struct EventMetricsTests {
    @Test(.timeLimit(.minutes(20))) func clientsBytesAndReasonsAreCounted() async throws {
        var options = SocketServer.Options()
        options.maxClients = 2
        var host = IcsHost(
            on: ["127.0.0.1"], plain: 0,
            handler: .serve { client in
                while try await client.read({ client.send($0) }) { try await client.flush() }
                return .close
            }
        )
        host.tag = "ECHO"
        let server = SocketServer([host], options: options)
        let factory = TestMetrics()
        let metrics = EventMetrics(server, label: "test", every: .milliseconds(5), factory: factory)
        async let counting: Void = metrics.run()
        let listener = try #require(try await server.listen().first)
        let port = try #require(listener.address?.port)
        let clients = try (0..<2).map { _ in try PlainClient(to: "127.0.0.1", port: port) }
        for client in clients { #expect(try client.echoes("12345")) }
        _ = try? PlainClient(to: "127.0.0.1", port: port).receiveAll()
        try await Self.wait { try factory.expectMeter("test_clients").lastValue == 2 }
        try await Self.wait { try factory.expectMeter("test_hosts_up").lastValue == 1 }
        for client in clients {
            client.endOutput()
            _ = try client.receiveAll()
        }
        await server.drain()
        await counting
        let name = ("host", "ECHO")
        func total(_ label: String, _ dimensions: [(String, String)]) throws -> Int64 {
            try factory.expectCounter("test_\(label)_total", dimensions).totalValue
        }
        #expect(try total("accepted", [("listener", "127.0.0.1:\(port)")]) == 3)
        #expect(try total("disconnected", [name, ("reason", "peer-closed")]) == 2)
        #expect(try total("received_bytes", [name]) == 10)
        #expect(try total("sent_bytes", [name]) == 10)
        #expect(factory.counterTotal(label: "test_refused_total") == 1)
        #expect(try factory.expectTimer("test_connection_duration", [name]).values.count == 2)
        #expect(try factory.expectMeter("test_clients").lastValue == 0)
    }

    private static func wait(for condition: () throws -> Bool) async throws {
        while (try? condition()) != true { try await Task.sleep(for: .milliseconds(1)) }
    }
}
