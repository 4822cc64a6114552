import HandlerAPI
import Platform
import TestSupport
import Testing

@testable import Serving

/// Clients at rest whose handler needs no task for what comes.
@Suite struct ServingAtOnceTests {
    @Test(arguments: Transport.allCases)
    func aClientIsServedWithoutATaskAndWithOneWhereThatTakesAWait(_ transport: Transport) throws {
        let handler = AtOnceHandler()
        let server = try TestServer(handler, over: transport)
        let client = try server.connect()
        for number in 0..<50 { #expect(try client.echoes("a\(number)")) }
        #expect(handler.calls.withLock { $0 } == [:])
        try client.send("w")
        #expect(try client.receive(atLeast: 1) == Array("?".utf8))
        #expect(try client.echoes("the end"))
        // At rest again.
        #expect(try client.echoes("a"))
        try client.send("s")
        #expect(try client.receive(atLeast: 1) == Array("!".utf8))
        client.endOutput()
        #expect(try client.receiveAll() == [])
        #expect(try server.event(.clientClosed).reason == .peerClosed)
        #expect(handler.calls.withLock { $0 } == ["goes on": 1, "serve": 1])
    }

    @Test(arguments: Transport.allCases)
    func whatIsThrownAtOnceEndsTheClient(_ transport: Transport) throws {
        let server = try TestServer(AtOnceHandler(), over: transport)
        let client = try server.connect()
        try client.send("t")
        #expect(try !client.receiveToEnd().isWhole)
        #expect(try server.event(.clientClosed).reason == .handlerError)
    }

    @Test(arguments: Transport.allCases)
    func whatIsStillUnsentGoesOutBeforeAClose(_ transport: Transport) throws {
        let server = try TestServer(AtOnceHandler(), over: transport)
        let client = try server.connect(receiveBuffer: 4_096)
        try client.send("c")
        #expect(try client.receiveAll().count == 1 << 20)
        #expect(try server.event(.clientClosed).reason == .served)
    }

    @Test func aPeerThatIsDoneIsNotWaitedFor() throws {
        let server = try TestServer(AtOnceHandler())
        let client = try server.connect()
        try client.send("c")
        #expect(try client.receiveAll().count == 1 << 20)
        // Nobody reads it any more, and the kernel says so.
        try waitUntil("the reset") {
            do { _ = try client.sendNow(Array("more".utf8)[...]) } catch { return true }
            return false
        }
    }
}

/// Does what the first byte says.
private final class AtOnceHandler: Handler {
    static let name = "at-once"
    static let summary = "serves what it can at once"
    static let startsAtRest = true

    struct Refusal: Error {}

    let calls = Lock<[String: Int]>([:])

    init(_ options: HandlerOptions) {}

    init() {}

    func serveAtOnce(_ client: Client) throws -> ServedAtOnce? {
        var first: UInt8?
        let arrival = try client.readArrived { bytes in
            first = bytes[0]
            if bytes[0] == UInt8(ascii: "a") { client.send(bytes) }
        }
        guard arrival != .end else { return .done(.close) }
        switch first {
        case UInt8(ascii: "s"): return nil
        case UInt8(ascii: "t"): throw Refusal()
        case UInt8(ascii: "c"):
            client.send([UInt8](repeating: 5, count: 1 << 20).span)
            return .done(.closeAtOnce)
        case UInt8(ascii: "w"):
            return .goOn { [self] client in
                count("goes on")
                try await client.write("?")
                _ = try await client.read { client.send($0) }
                return .rest
            }
        default: return .done(.rest)
        }
    }

    func serve(_ client: Client) async throws -> Afterwards {
        count("serve")
        _ = try client.readArrived { _ in }
        try await client.write("!")
        return .rest
    }

    private func count(_ call: String) { calls.withLock { $0[call, default: 0] += 1 } }
}
