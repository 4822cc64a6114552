import Glibc
import HandlerAPI
import TestSupport
import Testing

@testable import Serving

/// What a handler may rely on when it sends parts, files and the end.
@Suite struct SendingConformance {
    private static func file(of size: Int) throws -> (TemporaryDirectory, String, [UInt8]) {
        let directory = try TemporaryDirectory()
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 13 ^ $0 >> 7) }
        let path = directory.path + "/file"
        try write(bytes, to: path)
        return (directory, path, bytes)
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        let number = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw TestFailure.last("open") }
        defer { close(number) }
        guard unsafe Glibc.write(number, bytes, bytes.count) == bytes.count else {
            throw TestFailure.last("write")
        }
    }

    @Test(arguments: Transport.allCases)
    func whatIsCorkedComesTogether(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            client.corked {
                for number in 0..<1_000 { client.send("\(number),") }
            }
            let (first, second) = (Array("two ".utf8), Array("parts".utf8))
            client.send(first.span, second.span)
            return .close
        }
        let server = try TestServer(handler, over: transport)
        let client = try server.connect()
        let expected = (0..<1_000).map { "\($0)," }.joined()
        // One segment, one record: they arrive whole.
        #expect(try client.receive().starts(with: Array(expected.utf8)))
        let text = try client.receiveText()
        #expect("two parts".hasSuffix(text))
    }

    @Test(arguments: Transport.allCases)
    func bigPartsArriveInOrder(_ transport: Transport) throws {
        let parts = (0..<8).map { [UInt8](repeating: $0, count: 100_000) }
        let handler = ScriptedHandler { client in
            for index in stride(from: 0, to: 8, by: 2) {
                let (first, second) = (parts[index], parts[index + 1])
                client.send(first.span, second.span)
                try await client.flush()
            }
            return .close
        }
        let server = try TestServer(handler, over: transport)
        let client = try server.connect(receiveBuffer: 4_096)
        #expect(try client.receiveAll() == parts.flatMap { $0 })
    }

    @Test(arguments: Transport.allCases, [0, 10, 70_000, 5_000_003])
    func aFileIsSentAfterItsHead(_ transport: Transport, _ size: Int) throws {
        let (directory, path, bytes) = try Self.file(of: size)
        defer { withExtendedLifetime(directory) {} }
        let handler = ScriptedHandler { client in
            let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
            defer { close(file) }
            let skipped = min(3, size)
            let sent = try await client.sendFile(
                file, from: skipped, count: size - skipped, after: Array("head".utf8))
            try await client.write("|\(sent)")
            return .close
        }
        let server = try TestServer(handler, over: transport)
        let client = try server.connect(receiveBuffer: 4_096)
        let rest = Array(bytes.dropFirst(3))
        let answer = try client.receiveAll()
        #expect(answer == Array("head".utf8) + rest + Array("|\(rest.count)".utf8))
        let end = try server.event(.clientClosed)
        #expect(end.client?.bytesOut == UInt64(answer.count))
    }

    @Test(arguments: Transport.allCases)
    func aFileThatShrinksIsSentAsFarAsItGoes(_ transport: Transport) throws {
        let (directory, path, bytes) = try Self.file(of: 4 << 20)
        defer { withExtendedLifetime(directory) {} }
        let handler = ScriptedHandler { client in
            let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
            defer { close(file) }
            let first = try await client.sendFile(file, from: 0, count: 1 << 20)
            _ = unsafe truncate(path, 3 << 19)
            let second = try await client.sendFile(file, from: first, count: 3 << 20)
            try await client.write("\(first) \(second)")
            return .close
        }
        let server = try TestServer(handler, over: transport)
        let answer = try server.connect().receiveAll()
        #expect(answer == bytes.prefix(3 << 19) + Array("1048576 524288".utf8))
    }

    @Test(arguments: Transport.allCases)
    func aFileOfProcfsIsSentToo(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            let file = unsafe open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC)
            defer { close(file) }
            _ = try await client.sendFile(file, from: 0, count: 1 << 16)
            return .close
        }
        let server = try TestServer(handler, over: transport)
        #expect(try server.connect().receiveAll().contains(0))
    }

    @Test(arguments: Transport.allCases)
    func aFileThatCannotBeReadIsAnErrorOfTheHandler(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            let file = unsafe open("/", O_RDONLY | O_CLOEXEC)
            defer { close(file) }
            _ = try await client.sendFile(file, from: 0, count: 10)
            return .close
        }
        let server = try TestServer(handler, over: transport)
        #expect(try !server.connect().receiveToEnd().isWhole)
        #expect(try server.event(.handlerFailed).detail.hasPrefix("the file to be sent: "))
    }

    @Test(arguments: Transport.allCases)
    func sendingEndsBeforeReading(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            client.send([UInt8](repeating: 5, count: 300_000).span)
            try await client.finishSending()
            let answer = try await client.readAll(upTo: 100)
            client.log(.info, "it said \(String(decoding: answer, as: UTF8.self))")
            return .close
        }
        let server = try TestServer(handler, over: transport)
        let client = try server.connect(receiveBuffer: 4_096)
        #expect(try client.receiveAll().count == 300_000)
        try client.send("goodbye")
        client.endOutput()
        let record = try server.event(.handlerRecord)
        #expect(record.detail == "it said goodbye")
        #expect(record.level == .info)
        #expect(record.handler == "scripted")
        #expect(record.client?.bytesIn == 7)
        #expect(record.reason == nil)
        #expect(try server.event(.clientClosed).reason == .peerClosed)
    }

    @Test(arguments: Transport.allCases)
    func onlyAPlainConnectionHasADescriptorForOthers(_ transport: Transport) throws {
        let handler = ScriptedHandler { client in
            if let number = client.descriptor {
                let duplicate = fcntl(number, F_DUPFD_CLOEXEC, 0)
                _ = unsafe Glibc.write(duplicate, "mine", 4)
                close(duplicate)
            } else {
                try await client.write("none")
            }
            return .close
        }
        let server = try TestServer(handler, over: transport)
        #expect(try server.connect().receiveText() == (transport == .plain ? "mine" : "none"))
    }
}
