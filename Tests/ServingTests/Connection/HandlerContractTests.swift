import Glibc
import HandlerAPI
import Platform
import TestSupport
import Testing

@testable import Serving

/// Tasks, waits, rest and errors of handlers.
@Suite struct HandlerContractTests {
    private enum OwnError: Error {
        case outOfMarbles
    }

    @Test func anErrorOfAHandlerEndsItsClientOnly() throws {
        let handler = ScriptedHandler { _ in throw OwnError.outOfMarbles }
        let server = try TestServer(handler)
        for _ in 0..<2 {
            #expect(try !server.connect().receiveToEnd().isWhole)
            let failure = try server.event(.handlerFailed)
            #expect(failure.detail == "outOfMarbles")
            #expect(failure.handler == "scripted")
            #expect(failure.hostTag == "Host1")
            #expect(try server.event(.clientClosed).reason == .handlerError)
        }
    }

    @Test func readsAndWritesAtOnce() throws {
        let handler = ScriptedHandler { client in
            let total = 4 << 20
            try await client.alongside(
                {
                    let block = [UInt8](repeating: 5, count: 1 << 16)
                    for _ in 0..<(total / block.count) { try await client.write(block) }
                }, waitsForBoth: true
            ) {
                var count = 0
                while try await client.read({ count += $0.count }) {}
                guard count == total else { throw OwnError.outOfMarbles }
            }
            return .close
        }
        let server = try TestServer(handler)
        let answer = try server.connect().exchange([UInt8](repeating: 6, count: 4 << 20))
        #expect(answer.count == 4 << 20)
        #expect(try server.event(.clientClosed).reason == .peerClosed)
    }

    @Test func aCancelledChildStopsReadingAndTheClientLivesOn() throws {
        let handler = ScriptedHandler { client in
            var wasCancelled = false
            try await client.alongside({
                do {
                    _ = try await client.read { _ in }
                } catch {
                    wasCancelled = error as? ClientError == .cancelled
                }
            }) {
                // Returns after the other has begun to wait: both share one thread.
                await Task.yield()
            }
            try await client.write(wasCancelled ? "cancelled " : "read ")
            _ = try await client.read { client.send($0) }
            return .close
        }
        let server = try TestServer(handler)
        let client = try server.connect()
        #expect(try client.receive(atLeast: 10) == Array("cancelled ".utf8))
        #expect(try client.echoes("alive"))
    }

    @Test func aReaderIsCancelledAlthoughAWriterWaitedAfterIt() throws {
        let handler = ScriptedHandler { client in
            var reader = ""
            try await client.alongside({
                do {
                    _ = try await client.read { _ in }
                    reader = "read"
                } catch {
                    reader = "\(error)"
                }
            }) {
                // More than the kernel's buffers hold: it has to wait for the peer.
                for _ in 0..<16 { try await client.write([UInt8](repeating: 5, count: 1 << 20)) }
                client.send("written")
            }
            client.send(reader)
            return .close
        }
        let server = try TestServer(handler)
        let bytes = try server.connect(receiveBuffer: 4_096).receiveAll()
        #expect(String(decoding: bytes.drop { $0 == 5 }, as: UTF8.self) == "writtencancelled")
    }

    @Test func aCancelledReaderLeavesTheWaitingWriterAlone() throws {
        let handler = ScriptedHandler { client in
            let block = [UInt8](repeating: 5, count: 1 << 20)
            try await client.alongside(
                { for _ in 0..<16 { try await client.write(block) } }, waitsForBoth: true
            ) {
                try await client.alongside({ _ = try? await client.read { _ in } }) {
                    for _ in 0..<10 { await Task.yield() }
                }
            }
            return .close
        }
        let server = try TestServer(handler)
        #expect(try server.connect(receiveBuffer: 4_096).receiveAll().count == 16 << 20)
        #expect(try server.event(.clientClosed).reason == .served)
    }

    @Test func aRestingClientIsServedAgainAtItsDeadline() throws {
        let calls = Lock(0)
        let handler = ScriptedHandler { client in
            let call = calls.withLock { calls in
                calls += 1
                return calls
            }
            guard call == 1 else {
                try await client.write("\(try client.readArrived { _ in })")
                return .close
            }
            client.setDeadline(after: .milliseconds(100))
            return .rest
        }
        let server = try TestServer(handler)
        #expect(try server.connect().receiveText() == "nothing")
        #expect(try server.event(.clientClosed).reason == .served)
    }

    @Test func aRestingClientIsServedAgainWhenTheServerDrains() throws {
        let handler = ScriptedHandler { client in
            guard client.isDraining else { return .rest }
            try await client.write("farewell")
            return .close
        }
        let server = try TestServer(handler)
        let client = try server.connect()
        try waitUntil("one client") { server.server.status.clients == 1 }
        server.drain()
        #expect(try client.receiveText() == "farewell")
        try server.waitForEnd()
    }

    @Test func aSleepingHandlerIsCancelledAtTheCut() throws {
        let handler = ScriptedHandler { client in
            try await client.write("asleep")
            try await Task.sleep(for: .seconds(3_600))
            return .close
        }
        let server = try TestServer(handler)
        let client = try server.connect()
        #expect(try client.receive(atLeast: 6) == Array("asleep".utf8))
        server.drain()
        server.server.cut()
        try server.waitForEnd()
        #expect(try server.event(.clientClosed).reason == .drained)
    }

    @Test func aSecondReaderTraps() async throws {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let handler = ScriptedHandler { client in
                try await client.alongside({ _ = try await client.read { _ in } }) {
                    _ = try await client.read { _ in }
                }
                return .close
            }
            let server = try TestServer(handler)
            let client = try server.connect()
            _ = try client.receiveAll()
            exit(server.port > 0 ? 0 : 1)
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("one task at a time reads from a client"))
    }
}
