import Glibc
import HandlerAPI
import NetworkTypes
import TestSupport
import Testing

@testable import Serving

/// What a handler may rely on, whatever its client speaks.
@Suite struct TransportConformance {
    @Test(arguments: Transport.allCases, [0, 1, 16_384, 16_385, 65_536, 1_000_003])
    func bytesComeBackInOrder(_ transport: Transport, _ size: Int) throws {
        let server = try TestServer(.echo, over: transport)
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 9) }
        #expect(try server.connect().exchange(bytes) == bytes)
        let end = try server.event(.clientClosed)
        #expect(end.reason == .peerClosed)
        #expect(end.client?.bytesIn == UInt64(size))
        #expect(end.client?.bytesOut == UInt64(size))
    }

    @Test(arguments: Transport.allCases)
    func aHandlerAnswersAfterThePeerHasEndedItsSide(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            var count = 0
            while try await client.read({ count += $0.count }) {}
            // The end stays the end.
            let again = try await client.read { _ in }
            try await client.write("\(count) \(again) \(try client.readArrived { _ in })")
            return .close
        }
        let server = try TestServer(handler, over: transport)
        let answer = try server.connect().exchange([UInt8](repeating: 1, count: 100_000))
        #expect(String(decoding: answer, as: UTF8.self) == "100000 false end")
    }

    @Test(arguments: Transport.allCases)
    func whatIsUnsentAtTheEndStillArrives(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            client.send([UInt8](repeating: 5, count: 1 << 20).span)
            return .close
        }
        let server = try TestServer(handler, over: transport)
        let client = try server.connect(receiveBuffer: 4_096)
        #expect(try client.receiveAll().count == 1 << 20)
        #expect(try server.event(.clientClosed).reason == .served)
    }

    @Test(arguments: Transport.allCases)
    func anAnswerSurvivesBytesThatNobodyReads(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            try await client.write("answer")
            return .close
        }
        let server = try TestServer(handler, over: transport)
        let client = try server.connect()
        try client.send([UInt8](repeating: 1, count: 30_000))
        #expect(try client.receiveText() == "answer")
    }

    @Test(arguments: Transport.allCases)
    func aReadThatTakesTooLongTimesOut(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            client.setDeadline(after: .milliseconds(100))
            do throws(any Error) {
                _ = try await client.read { _ in }
            } catch ClientError.timedOut {
                client.setDeadline(after: nil)
                client.send(Array("timed out ".utf8).span)
                // The deadline is taken back: this waits.
                _ = try await client.read { client.send($0) }
            }
            return .close
        }
        let server = try TestServer(handler, over: transport)
        let client = try server.connect()
        #expect(try client.receive(atLeast: 10) == Array("timed out ".utf8))
        try client.send("late")
        #expect(try client.receiveText() == "late")
    }

    @Test(arguments: Transport.allCases)
    func aFlushThatTakesTooLongTimesOut(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            client.setDeadline(after: .milliseconds(300))
            while true { try await client.write([UInt8](repeating: 5, count: 1 << 19)) }
        }
        let server = try TestServer(handler, over: transport, drainTimeout: .milliseconds(100))
        let client = try server.connect(receiveBuffer: 4_096)
        #expect(try server.event(.clientClosed).reason == .timeout)
        client.close()
    }

    @Test(arguments: Transport.allCases)
    func aResetIsADisconnection(_ transport: Transport) throws {
        let server = try TestServer(.echo, over: transport)
        let client = try server.connect()
        #expect(try client.echoes("hello"))
        (client as? PlainClient)?.reset()
        (client as? TLSClient)?.reset()
        let end = try server.event(.clientClosed)
        #expect(end.reason == .disconnected)
        let details = [
            Transport.plain: "Connection reset by peer",
            .tls: "connection: connection reset by peer",
        ]
        #expect(end.detail == details[transport])
    }

    @Test(arguments: Transport.allCases)
    func aHandlerMeetsFactsAboutItsClient(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            try await client.write(
                "\(client.hostTag) \(client.tlsVersion ?? "-") \(client.serverName ?? "-")"
                    + " \(client.remoteAddress.ip) \(client.localAddress.ip) \(client.isDraining)")
            return .close
        }
        let version = transport == .tls ? "TLSv1.3" : "-"
        let server = try TestServer(handler, over: transport)
        let text = try server.connect().receiveText()
        #expect(text == "Host1 \(version) - 127.0.0.1 127.0.0.1 false")
    }

    @Test(arguments: Transport.allCases)
    func anUploadingPeerCanReadTheAnswer(_ transport: Transport) throws {
        let server = try TestServer(
            ScriptedHandler { client in
                try await client.write("goodbye")
                return .close
            }, over: transport)
        let client = try server.connect()
        try client.send([UInt8](repeating: 5, count: 8 << 20))
        #expect(try client.receiveText() == "goodbye")
    }

    @Test(arguments: Transport.allCases)
    func moreThanTheLimitUnflushedIsAnErrorOfTheHandler(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            for _ in 0..<200 { client.send([UInt8](repeating: 5, count: 1 << 16).span) }
            try await client.flush()
            return .close
        }
        let server = try TestServer(handler, over: transport)
        let client = try server.connect(receiveBuffer: 4_096)
        let failure = try server.event(.handlerFailed)
        #expect(failure.detail == "sent over 1048576 bytes unflushed")
        #expect(failure.level == .error)
        #expect(try server.event(.clientClosed).reason == .handlerError)
        client.close()
    }

    @Test(arguments: Transport.allCases)
    func aRestingClientIsServedAgainByItsNextByte(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            let arrival = try client.readArrived { client.send($0) }
            return arrival == .end ? .close : .rest
        }
        let server = try TestServer(handler, over: transport)
        let client = try server.connect()
        for number in 0..<100 { #expect(try client.echoes("byte \(number)")) }
        client.endOutput()
        #expect(try client.receiveAll() == [])
        #expect(try server.event(.clientClosed).reason == .peerClosed)
    }

    @Test(arguments: Transport.allCases)
    func aRestingClientStillGetsWhatIsUnsent(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            var isAsked = false
            let arrival = try client.readArrived { isAsked = $0.count > 0 }
            if isAsked { client.send([UInt8](repeating: 5, count: 1 << 20).span) }
            return arrival == .end ? .close : .rest
        }
        let server = try TestServer(handler, over: transport)
        let client = try server.connect(receiveBuffer: 4_096)
        for _ in 0..<3 {
            try client.send("more")
            #expect(try client.receive(atLeast: 1 << 20).count == 1 << 20)
        }
        client.endOutput()
        #expect(try client.receiveAll() == [])
    }

    @Test(arguments: Transport.allCases)
    func aCutEndsAWaitingHandler(_ transport: Transport) throws {
        let server = try TestServer(.echo, over: transport)
        let client = try server.connect()
        #expect(try client.echoes("hello"))
        server.drain()
        #expect(try client.echoes("still"))
        server.server.cut()
        try server.waitForEnd()
        #expect(try server.event(.clientClosed).reason == .drained)
    }
}
