import HandlerAPI
import Handlers
import TestSupport
import Testing

@testable import Serving

/// A handler that looks at the first bytes and hands its client to another one.
@Suite struct DelegationTests {
    private static func handler(_ name: String) throws -> any Handler {
        let type = try #require(BuiltinHandlers.all.first { $0.name == name })
        return try type.init(
            HandlerOptions(
                hostTag: "Host1", values: [:], makeTLS: { _ in throw ClientError.tlsNotOffered }))
    }

    /// `E` chooses echo, `D` discard, all else is closed.
    private static func chooser() throws -> ScriptedHandler {
        let (echo, discard) = (try handler("echo"), try handler("discard"))
        return ScriptedHandler { client in
            var first: UInt8 = 0
            guard try await client.peek(atLeast: 2, { first = $0[0] }) else {
                client.send("too short: \(try await client.readAll(upTo: 10))")
                return .close
            }
            switch first {
            case UInt8(ascii: "E"): return .delegate(to: echo)
            case UInt8(ascii: "D"): return .delegate(to: discard)
            default: return .close
            }
        }
    }

    @Test(arguments: Transport.allCases)
    func theOtherHandlerReadsAllFromTheBeginning(_ transport: Transport) throws {
        let server = try TestServer(try Self.chooser(), over: transport)
        let client = try server.connect()
        try client.send("E")
        try client.send("cho")
        #expect(try client.receive(atLeast: 4) == Array("Echo".utf8))
        // Over its rests, too.
        #expect(try client.echoes("again"))
        client.endOutput()
        #expect(try client.receiveAll() == [])
    }

    @Test func whatCameBeforeTheEndIsServed() throws {
        let server = try TestServer(try Self.chooser())
        let client = try server.connect()
        try client.send("Echo")
        client.endOutput()
        #expect(try client.receiveAll() == Array("Echo".utf8))
    }

    @Test func aPeekBeyondTheEndLeavesWhatCame() throws {
        let server = try TestServer(try Self.chooser())
        let client = try server.connect()
        try client.send("E")
        client.endOutput()
        #expect(String(decoding: try client.receiveAll(), as: UTF8.self) == "too short: [69]")
    }

    @Test func aPeekIsOfAtMostWhatMayBePutBack() async {
        await #expect(processExitsWith: .failure) {
            let server = try TestServer(
                ScriptedHandler { client in
                    _ = try await client.peek(atLeast: 1 << 21) { _ in }
                    return .close
                })
            let client = try server.connect()
            _ = try client.receiveAll()
        }
    }
}
