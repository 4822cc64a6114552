import HandlerAPI
import TestSupport
import Testing

@testable import Serving

/// What a handler may rely on when it reads lines, counts and what it has put back.
@Suite struct ReadingConformance {
    /// Answers with what each line was, in brackets.
    private static let lines = ScriptedHandler { client in
        for try await line in client.lines(upTo: 100) { client.send("[\(line)]") }
        return .close
    }

    @Test(
        arguments: Transport.allCases,
        [
            ("one\r\ntwo\n\nthree\n", "[one][two][][three]"),
            ("whole\nrest", "[whole][rest]"),
            ("\r\n\r", "[]"),
            ("", ""),
            (
                String(repeating: "a", count: 100) + "\r\n",
                "[\(String(repeating: "a", count: 100))]"
            ),
        ])
    func linesComeWithoutTheirEnds(_ transport: Transport, _ sample: (String, String)) throws {
        let server = try TestServer(Self.lines, over: transport)
        let answer = try server.connect().exchange(Array(sample.0.utf8))
        #expect(String(decoding: answer, as: UTF8.self) == sample.1)
    }

    @Test(arguments: Transport.allCases)
    func aLineMayComeInPieces(_ transport: Transport) throws {
        let server = try TestServer(Self.lines, over: transport)
        let client = try server.connect()
        for number in 0..<50 {
            try client.send("li")
            try client.send("ne")
            try client.send(" \(number)\nnext ")
            let expected = number == 0 ? "[line 0]" : "[next line \(number)]"
            #expect(try client.receive(atLeast: expected.utf8.count) == Array(expected.utf8))
        }
    }

    @Test(arguments: Transport.allCases)
    func manyLinesOfOneArrivalAreAllRead(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            var count = 0
            for try await line in client.lines() { count += line == "x" ? 1 : 0 }
            try await client.write("\(count)")
            return .close
        }
        let server = try TestServer(handler, over: transport)
        let text = String(repeating: "x\n", count: 200_000)
        let answer = try server.connect().exchange(Array(text.utf8))
        #expect(String(decoding: answer, as: UTF8.self) == "200000")
    }

    @Test(arguments: Transport.allCases, ["", "\n"])
    func aLineThatIsTooLongEndsItsClient(_ transport: Transport, _ end: String) throws {
        let server = try TestServer(Self.lines, over: transport)
        let client = try server.connect()
        try client.send(String(repeating: "a", count: 101) + end)
        #expect(try !client.receiveToEnd().isWhole)
        let event = try server.event(.clientClosed)
        #expect(event.reason == .protocolError)
        #expect(event.detail == "more than 100 bytes at once")
    }

    @Test(arguments: Transport.allCases)
    func countsAndLinesAndTheRestShareOneStream(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            let head = try await client.readExactly(4)
            let line = try await client.readLine() ?? "-"
            let some = try await client.read(upTo: 2)
            let rest = try await client.readAll(upTo: 5)
            let end = try await client.read(upTo: 1)
            for part in [head, Array(line.utf8), some, rest, end] {
                client.send(String(decoding: part, as: UTF8.self) + "|")
            }
            return .close
        }
        let server = try TestServer(handler, over: transport)
        let answer = try server.connect().exchange(Array("headline\nsorests".utf8))
        #expect(String(decoding: answer, as: UTF8.self) == "head|line|so|rests||")
    }

    @Test(arguments: Transport.allCases)
    func anEndInTheMiddleIsAnError(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            _ = try await client.readExactly(10)
            return .close
        }
        let server = try TestServer(handler, over: transport)
        let client = try server.connect()
        try client.send("nine byte")
        client.endOutput()
        #expect(try !client.receiveToEnd().isWhole)
        #expect(try server.event(.clientClosed).reason == .protocolError)
    }

    @Test(arguments: Transport.allCases)
    func readAllHasALimit(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            _ = try await client.readAll(upTo: 10)
            return .close
        }
        let server = try TestServer(handler, over: transport)
        let client = try server.connect()
        try client.send("eleven byte")
        #expect(try !client.receiveToEnd().isWhole)
        #expect(try server.event(.clientClosed).detail == "more than 10 bytes at once")
    }

    @Test(arguments: Transport.allCases)
    func aTimeoutInTheMiddleOfALineLosesNothing(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            client.setDeadline(after: .milliseconds(100))
            do throws(any Error) {
                _ = try await client.readLine()
            } catch ClientError.timedOut {
                client.setDeadline(after: nil)
                try await client.write("late ")
                try await client.write(try await client.readLine() ?? "-")
            }
            return .close
        }
        let server = try TestServer(handler, over: transport)
        let client = try server.connect()
        try client.send("first ")
        #expect(try client.receive(atLeast: 5) == Array("late ".utf8))
        try client.send("half\n")
        #expect(try client.receiveText() == "first half")
    }

    @Test(arguments: Transport.allCases)
    func theServerGathersALineOfARestingClient(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            var line: String?
            let arrival = try client.readArrived { bytes in
                guard let end = bytes.firstIndex(of: 10) else { return client.putBack(bytes) }
                line = String(copying: bytes.extracting(first: end))
                client.putBack(bytes.extracting(droppingFirst: end + 1))
            }
            if let line { client.send("<\(line)>") }
            return arrival == .end ? .close : .rest
        }
        let server = try TestServer(handler, over: transport)
        let client = try server.connect()
        for piece in ["a", "b", "c"] {
            try client.send(piece)
            // Each piece starts the handler once more before the next one comes.
            #expect(try server.connect().exchange([10]) == Array("<>".utf8))
        }
        try client.send("\nd\ne\nf")
        #expect(try client.receive(atLeast: 11) == Array("<abc><d><e>".utf8))
        try client.send("\n")
        #expect(try client.receive(atLeast: 3) == Array("<f>".utf8))
    }

    @Test(arguments: Transport.allCases)
    func puttingBackWithoutEndIsAnErrorOfTheHandler(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            while try await client.read({ client.putBack($0) }) {}
            return .close
        }
        let server = try TestServer(handler, over: transport)
        let client = try server.connect()
        _ = try? client.exchange([UInt8](repeating: 7, count: 2 << 20))
        #expect(try server.event(.handlerFailed).detail == "put back over 1048576 bytes")
    }
}
