import Glibc
import HandlerAPI
import Platform
import TestSupport
import Testing

@testable import Serving

/// Output that ends in the middle must not look complete: no close_notify over TLS, a
/// reset on a plain connection.
@Suite struct AbortTests {
    private enum OwnError: Error {
        case outOfMarbles
    }

    /// The ways to join a client with a target: what the target speaks, what the client, whether a task
    /// waits.
    private static let links: [(Transport, Transport, Bool)] = [
        (.plain, .plain, false), (.plain, .plain, true), (.plain, .tls, false),
        (.tls, .plain, false), (.tls, .tls, true),
    ]

    @Test(arguments: Transport.allCases, [CloseReason.handlerError, .timeout, .aborted])
    func aHandlerThatFailsAbortsItsClient(
        _ transport: Transport, _ reason: CloseReason
    ) throws {
        let handler = ScriptedHandler { client in
            try await client.write("part")
            switch reason {
            case .handlerError: throw OwnError.outOfMarbles
            case .timeout:
                client.setDeadline(after: .milliseconds(100))
                _ = try await client.read { _ in }
                return .close
            default: return .abort
            }
        }
        let server = try TestServer(handler, over: transport)
        let end = try server.connect().receiveToEnd()
        #expect(String(decoding: end.bytes, as: UTF8.self) == "part")
        #expect(!end.isWhole)
        #expect(try server.event(.clientClosed).reason == reason)
    }

    @Test(arguments: Transport.allCases)
    func whatWasSentBeforeStillArrives(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            client.send([UInt8](repeating: 5, count: 1 << 20).span)
            return .abort
        }
        let server = try TestServer(handler, over: transport)
        let client = try server.connect(receiveBuffer: 65_536)
        // Unread bytes make a reset of each close.
        try client.send("nobody reads this")
        let end = try client.receiveToEnd()
        #expect(end.bytes.count == 1 << 20)
        #expect(!end.isWhole)
    }

    @Test(arguments: Transport.allCases)
    func aClientWhoseOutputHasEndedIsNotReset(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            try await client.write("all")
            try await client.finishSending()
            throw OwnError.outOfMarbles
        }
        let server = try TestServer(handler, over: transport)
        let end = try server.connect().receiveToEnd()
        #expect(String(decoding: end.bytes, as: UTF8.self) == "all")
        #expect(end.isWhole)
    }

    @Test(arguments: Transport.allCases)
    func unsentBytesAbortTheClientAfterTheDrainTimeout(_ transport: Transport) throws {
        let count = Lock(0)
        let handler = ScriptedHandler { client in
            let block = [UInt8](repeating: 5, count: 1 << 19)
            // More than the kernel takes.
            while !client.needsFlush {
                client.send(block.span)
                count.withLock { $0 += block.count }
            }
            return .close
        }
        let server = try TestServer(handler, over: transport, drainTimeout: .milliseconds(100))
        let client = try server.connect(receiveBuffer: 4_096)
        _ = try server.event(.clientClosed)
        let end = try client.receiveToEnd()
        #expect(end.bytes.count < count.withLock { $0 })
        #expect(!end.isWhole)
    }

    @Test(arguments: Transport.allCases, [false, true])
    func aCutResetsABusyClientAndClosesAnIdleOne(
        _ transport: Transport, _ isIdle: Bool
    ) throws {
        let handler = ScriptedHandler { client in
            try await client.write("part")
            if isIdle { _ = try await client.read { _ in } }
            try await Task.sleep(for: .seconds(3_600))
            return .close
        }
        let server = try TestServer(handler, over: transport)
        let client = try server.connect()
        #expect(try client.receive(atLeast: 4).count == 4)
        server.drain()
        server.server.cut()
        #expect(try client.receiveToEnd().isWhole == isIdle)
        #expect(try server.event(.clientClosed).reason == .drained)
    }

    @Test(arguments: links)
    func aTargetThatAbortsAbortsItsClient(_ link: (Transport, Transport, Bool)) throws {
        let handler = ScriptedHandler { client in
            _ = try await client.readExactly(1)
            try await client.write([UInt8](repeating: 7, count: 300_000))
            return .abort
        }
        let server = try DialingServer(handler, over: link.0, front: link.1, isAwaited: link.2)
        let client = try server.front.connect()
        try client.send("x")
        let end = try client.receiveToEnd()
        #expect(end.bytes.count <= 300_000)
        #expect(!end.isWhole)
        #expect(try server.front.event(.clientClosed).reason == .targetFailed)
    }

    @Test(arguments: links)
    func aClientThatAbortsAbortsItsTarget(
        _ link: (Transport, Transport, Bool)
    ) throws {
        let handler = ScriptedHandler { client in
            do {
                while try await client.read({ client.send($0) }) { try await client.flush() }
                client.log(.info, "whole")
            } catch {
                client.log(.info, "broken")
            }
            return .close
        }
        let server = try DialingServer(handler, over: link.0, front: link.1, isAwaited: link.2)
        let client = try server.front.connect()
        #expect(try client.echoes("upload"))
        (client as? PlainClient)?.reset()
        (client as? TLSClient)?.reset()
        #expect(try server.target.event(.handlerRecord).detail == "broken")
    }

    @Test(arguments: links)
    func aSilentPairIsAbortedOnBothSides(_ link: (Transport, Transport, Bool)) throws {
        let handler = ScriptedHandler { client in
            try await client.write("part")
            do {
                while try await client.read({ _ in }) {}
                client.log(.info, "whole")
            } catch {
                client.log(.info, "broken")
            }
            return .close
        }
        let server = try DialingServer(
            handler, over: link.0, front: link.1, idleTimeout: .milliseconds(200),
            isAwaited: link.2)
        let end = try server.front.connect().receiveToEnd()
        #expect(String(decoding: end.bytes, as: UTF8.self) == "part")
        #expect(!end.isWhole)
        #expect(try server.front.event(.clientClosed).reason == .timeout)
        #expect(try server.target.event(.handlerRecord).detail == "broken")
    }

    /// One side has ended, the other is silent: nobody is waited for when that takes too long.
    @Test(arguments: links, [false, true])
    func aHalfClosedPairEndsInTime(
        _ link: (Transport, Transport, Bool), _ isTheTargets: Bool
    ) throws {
        let handler = ScriptedHandler { client in
            try await client.write("hello")
            if isTheTargets { try await client.finishSending() }
            while try await client.read({ _ in }) {}
            try await Task.sleep(for: .seconds(3_600))
            return .close
        }
        let server = try DialingServer(
            handler, over: link.0, front: link.1, idleTimeout: .milliseconds(200),
            isAwaited: link.2)
        let client = try server.front.connect()
        #expect(try client.receive(atLeast: 5).count == 5)
        if !isTheTargets { client.endOutput() }
        let end = try server.front.event(.clientClosed)
        #expect(end.reason == .timeout)
        #expect(end.client?.microseconds ?? .max < 2_500_000)
        let start = MonotonicClock.now()
        _ = try server.nextTraffic()
        #expect(MonotonicClock.now() - start < 2_500_000_000)
        #expect(try client.receiveToEnd().isWhole == isTheTargets)
        server.target.drain()
        server.target.server.cut()
    }
}
