import Glibc
import HandlerAPI
import Platform
import TestSupport
import Testing

@testable import Serving

/// Clients that are joined with a target.
@Suite struct RelayTests {
    /// The ways a relay can be made: what the target speaks, what the client, whether a task waits.
    private static let links: [(Transport, Transport, Bool)] = [
        (.plain, .plain, false), (.plain, .plain, true), (.plain, .tls, false),
        (.tls, .plain, false), (.tls, .tls, true),
    ]

    @Test(arguments: links, [1, 65_536, 5_000_003])
    func bytesGoThroughBothWays(_ link: (Transport, Transport, Bool), _ size: Int) throws {
        let server = try DialingServer(.echo, over: link.0, front: link.1, isAwaited: link.2)
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 9) }
        #expect(try server.front.connect().exchange(bytes) == bytes)
        let traffic = try server.nextTraffic()
        #expect(traffic == Traffic(sent: UInt64(size), received: UInt64(size)))
        let end = try server.front.event(.clientClosed)
        #expect(end.reason == .peerClosed)
        #expect(end.client?.bytesIn == UInt64(size))
        #expect(end.client?.bytesOut == UInt64(size))
        #expect(try server.target.event(.clientClosed).reason == .peerClosed)
        if link.2 {
            #expect(try server.front.event(.handlerRecord).detail == "moved \(size) \(size)")
        }
    }

    @Test(arguments: links)
    func anEndOfTheClientIsPassedOnAndTheAnswerComes(_ link: (Transport, Transport, Bool)) throws {
        let handler = ScriptedHandler { client in
            let all = try await client.readAll(upTo: 1 << 20)
            try await client.write("\(all.count) ")
            try await client.write([UInt8](repeating: 7, count: 300_000))
            return .close
        }
        let server = try DialingServer(handler, over: link.0, front: link.1, isAwaited: link.2)
        let answer = try server.front.connect().exchange([UInt8](repeating: 1, count: 200_000))
        #expect(answer.starts(with: Array("200000 ".utf8)))
        #expect(answer.count == 300_007)
    }

    @Test(arguments: links)
    func anEndOfTheTargetIsPassedOnAndTheClientGoesOn(_ link: (Transport, Transport, Bool)) throws {
        let handler = ScriptedHandler { client in
            try await client.write("first")
            try await client.finishSending()
            let line = try await client.readLine() ?? "-"
            client.log(.info, "then \(line)")
            return .close
        }
        let server = try DialingServer(handler, over: link.0, front: link.1, isAwaited: link.2)
        let client = try server.front.connect()
        #expect(try client.receiveText() == "first")
        try client.send("second\n")
        #expect(try server.target.event(.handlerRecord).detail == "then second")
        client.endOutput()
        #expect(try server.front.event(.clientClosed).reason == .peerClosed)
    }

    @Test(arguments: links)
    func aSlowReaderSlowsDownTheSender(_ link: (Transport, Transport, Bool)) throws {
        let sent = Lock(0)
        let handler = ScriptedHandler { client in
            for _ in 0..<1_024 {
                try await client.write([UInt8](repeating: 3, count: 1 << 16))
                sent.withLock { $0 += 1 << 16 }
            }
            return .close
        }
        let server = try DialingServer(handler, over: link.0, front: link.1, isAwaited: link.2)
        let client = try server.front.connect(receiveBuffer: 4_096)
        var (last, unchanged) = (0, 0)
        // The buffers of the kernel fill, and ours do not grow.
        try waitUntil("the sender stands still") {
            let now = sent.withLock { $0 }
            unchanged = now == last ? unchanged + 1 : 0
            last = now
            return unchanged > 100
        }
        #expect(last < 64 << 20)
        #expect(try client.receiveAll().count == 64 << 20)
    }

    @Test(arguments: [Transport.plain, .tls], [false, true])
    func largePlainTransfersAreSpliced(_ transport: Transport, _ isAwaited: Bool) throws {
        let gate = try EventBell()
        let handler = ScriptedHandler { client in
            try await client.offLoop { gate.wait() }
            while try await client.read({ _ in }) {}
            return .close
        }
        let server = try DialingServer(
            handler, over: transport, front: .plain, isAwaited: isAwaited)
        let client = try server.front.connect()
        // All queues on the way fill, so that the relay finds more than one read takes.
        var (count, refusals) = (0, 0)
        let block = [UInt8](repeating: 5, count: 1 << 20)
        try waitUntil("the queues are full") {
            let sent = try client.sendNow(block[...])
            count += sent
            refusals = sent == 0 ? refusals + 1 : 0
            return refusals > 50
        }
        gate.ring()
        client.endOutput()
        #expect(try server.nextTraffic().sent == UInt64(count))
        let spliced = try server.front.splicedBytes()
        #expect(transport == .plain ? spliced >= 65_536 : spliced == 0, "\(spliced) of \(count)")
    }

    @Test(arguments: links)
    func aSilentPairTimesOut(_ link: (Transport, Transport, Bool)) throws {
        let server = try DialingServer(
            .echo, over: link.0, front: link.1, idleTimeout: .milliseconds(200), isAwaited: link.2)
        let client = try server.front.connect()
        #expect(try client.echoes("hello"))
        #expect(try !client.receiveToEnd().isWhole)
        #expect(try server.front.event(.clientClosed).reason == .timeout)
        #expect(try server.nextTraffic() == Traffic(sent: 5, received: 5))
    }

    @Test(arguments: links)
    func aClientThatDisconnectsClosesItsTarget(_ link: (Transport, Transport, Bool)) throws {
        let server = try DialingServer(.echo, over: link.0, front: link.1, isAwaited: link.2)
        let client = try server.front.connect()
        #expect(try client.echoes("hello"))
        (client as? PlainClient)?.reset()
        (client as? TLSClient)?.reset()
        #expect(try server.front.event(.clientClosed).reason == .disconnected)
        #expect(try server.nextTraffic().sent == 5)
        _ = try server.target.event(.clientClosed)
    }

    @Test(arguments: [false, true])
    func aTargetThatResetsEndsItsClient(_ isAwaited: Bool) throws {
        let handler = ScriptedHandler { client in
            _ = try await client.readExactly(1)
            // A reset without the end of a side before it (connect(2): AF_UNSPEC dissolves).
            var nowhere = sockaddr()
            nowhere.sa_family = sa_family_t(AF_UNSPEC)
            let size = socklen_t(MemoryLayout<sockaddr>.size)
            let result = unsafe Glibc.connect(client.descriptor ?? -1, &nowhere, size)
            client.log(.info, "dissolved \(result)")
            return .close
        }
        let server = try DialingServer(handler, over: .plain, front: .plain, isAwaited: isAwaited)
        let client = try server.front.connect()
        try client.send("x")
        #expect(try server.target.event(.handlerRecord).detail == "dissolved 0")
        let end = try server.front.event(.clientClosed)
        #expect(end.reason == .targetFailed)
        #expect(end.detail == "the target is gone: Connection reset by peer")
        #expect(try !client.receiveToEnd().isWhole)
    }

    @Test(arguments: links)
    func aCutEndsARelay(_ link: (Transport, Transport, Bool)) throws {
        let server = try DialingServer(.echo, over: link.0, front: link.1, isAwaited: link.2)
        let client = try server.front.connect()
        #expect(try client.echoes("hello"))
        server.front.drain()
        #expect(try client.echoes("still"))
        server.front.server.cut()
        try server.front.waitForEnd()
        #expect(try server.front.event(.clientClosed).reason == .drained)
        #expect(try server.nextTraffic() == Traffic(sent: 10, received: 10))
    }

    @Test func whatWasPutBackIsRelayedFirst() throws {
        let target = try TestServer(.echo)
        let dialed = try target.dialTarget()
        let front = try TestServer(
            ScriptedHandler { client in
                guard let word = try await client.readLine() else { return .close }
                let peer = try await client.connect(to: dialed)
                peer.send("<\(word)>")
                return .relay(to: peer, idleTimeout: nil)
            })
        let answer = try front.connect().exchange(Array("hello\nworld".utf8))
        #expect(String(decoding: answer, as: UTF8.self) == "<hello>world")
    }
}
