import HandlerAPI
import HandlerTesting
import Platform
import TestSupport
import Testing

@testable import Serving

/// What a handler meets is the same on a plain connection, over TLS, and with a script in the place of
/// the peer.
@Suite struct ClientConformance {
    enum Kind: CaseIterable {
        case plain, tls, scripted
    }

    /// What came of a client: what it was sent, and which error of the contract ended it.
    struct Result {
        var text: String
        var error: ClientError?
    }

    /// Lets a peer do these steps with a handler: sends, ends, and waits for what it expects.
    private static func meet(
        _ kind: Kind, _ script: @escaping ScriptedHandler.Script, _ steps: [ScriptStep]
    ) async throws -> Result {
        let error = Lock<ClientError?>(nil)
        let handler = ScriptedHandler { client in
            do throws(any Error) {
                return try await script(client)
            } catch let thrown as ClientError {
                error.withLock { $0 = thrown }
                throw thrown
            }
        }
        guard kind != .scripted else {
            let client = ScriptedClient(steps)
            _ = try await client.serve(with: handler)
            return Result(text: client.text, error: error.withLock { $0 })
        }
        let server = try TestServer(handler, over: kind == .tls ? .tls : .plain)
        let client = try server.connect()
        var seen: [UInt8] = []
        for step in steps {
            switch step {
            case .send(let bytes): try client.send(bytes)
            case .expect(let bytes):
                let found = try client.receive(atLeast: bytes.count)
                #expect(found == bytes)
                seen += found
            case .end: client.endOutput()
            default: throw TestFailure("a real peer cannot do \(step)")
            }
        }
        // Broken off where the handler has thrown.
        seen += try client.receiveToEnd().bytes
        _ = try server.event(.clientClosed)
        return Result(text: String(decoding: seen, as: UTF8.self), error: error.withLock { $0 })
    }

    @Test(arguments: Kind.allCases)
    func bytesAreEchoed(_ kind: Kind) async throws {
        let result = try await Self.meet(
            kind,
            { client in
                while try await client.read({ client.send($0) }) { try await client.flush() }
                return .close
            }, [.send("one"), .expect("one"), .send("two"), .expect("two"), .end])
        #expect(result.text == "onetwo" && result.error == nil)
    }

    @Test(arguments: Kind.allCases)
    func linesCountsAndTheRestShareOneStream(_ kind: Kind) async throws {
        let result = try await Self.meet(
            kind,
            { client in
                let head = try await client.readExactly(4)
                let line = try await client.readLine() ?? "-"
                let rest = try await client.readAll(upTo: 10)
                let parts = [head, Array(line.utf8), rest].map {
                    String(decoding: $0, as: UTF8.self)
                }
                try await client.write(parts.joined(separator: "|"))
                return .close
            }, [.send("headline\r\nrest"), .end])
        #expect(result.text == "head|line|rest")
    }

    @Test(arguments: Kind.allCases)
    func aLineWithoutAnEndIsALineAtTheEnd(_ kind: Kind) async throws {
        let result = try await Self.meet(
            kind,
            { client in
                for try await line in client.lines() { client.send("[\(line)]") }
                return .close
            }, [.send("a\n\nb"), .end])
        #expect(result.text == "[a][][b]")
    }

    @Test(arguments: Kind.allCases)
    func whatIsPutBackWholeComesWithMore(_ kind: Kind) async throws {
        let result = try await Self.meet(
            kind,
            { client in
                var sizes: [Int] = []
                while try await client.read({ bytes in
                    sizes.append(bytes.count)
                    client.send(".")
                    client.putBack(bytes)
                }) {}
                try await client.write("\(sizes)")
                return .close
            }, [.send("ab"), .expect("."), .send("cd"), .expect("."), .end])
        #expect(result.text == "...[2, 4, 4]")
    }

    @Test(arguments: Kind.allCases)
    func whatIsPutBackInPartComesAtOnce(_ kind: Kind) async throws {
        let result = try await Self.meet(
            kind,
            { client in
                var text = ""
                for _ in 0..<3 {
                    _ = try await client.read { bytes in
                        text += String(copying: bytes.extracting(first: 1)) + "\(bytes.count)"
                        client.putBack(bytes.extracting(droppingFirst: 1))
                    }
                }
                try await client.write(text)
                return .close
            }, [.send("abc")])
        #expect(result.text == "a3b2c1")
    }

    @Test(arguments: Kind.allCases)
    func anEndInTheMiddleIsUnexpected(_ kind: Kind) async throws {
        let result = try await Self.meet(
            kind,
            { client in
                _ = try await client.readExactly(10)
                return .close
            }, [.send("nine"), .end])
        #expect(result.error == .unexpectedEnd)
    }

    @Test(arguments: Kind.allCases)
    func moreThanMayComeIsTooLong(_ kind: Kind) async throws {
        let result = try await Self.meet(
            kind,
            { client in
                _ = try await client.readLine(upTo: 3)
                return .close
            }, [.send("four\n")])
        #expect(result.error == .tooLong(limit: 3))
    }

    @Test(arguments: Kind.allCases)
    func theEndStaysTheEnd(_ kind: Kind) async throws {
        let result = try await Self.meet(
            kind,
            { client in
                while try await client.read({ _ in }) {}
                let again = try await client.read { _ in }
                try await client.write("\(again) \(try client.readArrived { _ in })")
                return .close
            }, [.send("x"), .end])
        #expect(result.text == "false end")
    }

    @Test(arguments: Kind.allCases)
    func aRestingClientComesBackWithItsNextByte(_ kind: Kind) async throws {
        let result = try await Self.meet(
            kind,
            { client in
                let arrival = try client.readArrived { client.send($0) }
                return arrival == .end ? .close : .rest
            }, [.send("a"), .expect("a"), .send("b"), .expect("b"), .end])
        #expect(result.text == "ab")
    }

    @Test(arguments: Kind.allCases)
    func partsAndOurEndArriveInOrder(_ kind: Kind) async throws {
        let result = try await Self.meet(
            kind,
            { client in
                client.corked { for number in 0..<3 { client.send("\(number)") } }
                let (first, second) = (Array("a".utf8), Array("b".utf8))
                client.send(first.span, second.span)
                try await client.finishSending()
                _ = try await client.readAll(upTo: 10)
                return .close
            }, [.expect("012ab"), .send("late"), .end])
        #expect(result.text == "012ab" && result.error == nil)
    }

    @Test(arguments: Kind.allCases)
    func factsAreThere(_ kind: Kind) async throws {
        let result = try await Self.meet(
            kind,
            { client in
                _ = try await client.offLoop { 1 + 1 }
                try await client.write(
                    "\(client.isDraining) \(client.hostTag) \(client.isTLS)"
                        + " \(client.tlsVersion != nil)")
                return .close
            }, [])
        #expect(result.text == "false Host1 \(kind == .tls) \(kind == .tls)")
    }
}
