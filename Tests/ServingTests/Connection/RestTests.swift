import HandlerAPI
import Platform
import TestSupport
import Testing

@testable import Serving

/// Clients whose handler has returned until something new arrives.
@Suite struct RestTests {
    @Test func aHandlerIsNotStartedWhileItsClientMustTakeAnAnswerBeforeItIsRead() throws {
        let starts = Lock<[UInt64: Int]>([:])
        let handler = ScriptedHandler { client in
            starts.withLock { $0[client.id, default: 0] += 1 }
            let arrival = try client.readArrived { client.send($0) }
            return arrival == .end || client.isDraining ? .close : .rest
        }
        let server = try TestServer(handler, over: .tls)
        // Each answer that it gets is a turn of the only loop.
        let neighbour = try server.connect()
        #expect(try neighbour.echoes("1"))
        let known = Set(starts.withLock { $0.keys })
        let startsOfTheOther = {
            starts.withLock { $0.filter { !known.contains($0.key) }.values.reduce(0, +) }
        }
        // It asks for KeyUpdates and reads none, until the server has no room for another one.
        let client = try #require(server.connect(receiveBuffer: 4_096) as? TLSClient)
        var (requests, failures) = (0, 0)
        while failures < 5 {
            if try client.requestKeyUpdate() {
                (requests, failures) = (requests + 1, 0)
                try #require(requests < 2_000_000, "the server never stops reading")
            } else {
                failures += 1
                for _ in 0..<20 { try #require(try neighbour.echoes("2")) }
            }
        }
        let before = startsOfTheOther()
        #expect(before > 0)
        for _ in 0..<200 { try #require(try neighbour.echoes("3")) }
        #expect(startsOfTheOther() - before < 20)
    }
}
