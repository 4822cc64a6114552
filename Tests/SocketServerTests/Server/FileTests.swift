import TestSupport
import Testing

@testable import SocketServer

/// A server of the hosts of a file.
@Suite struct FileTests {
    private static func text(_ names: [String], key: String = "") -> String {
        names.map {
            "[IcsHost \($0)]\nHosts=*\nBindIpAddr=127.0.0.1\nBindNonPort=auto\nHandler=echo\n\(key)\n"
        }.joined()
    }

    @Test func servesWhatTheFileNames() async throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(Self.text(["a"]), to: "a.conf")
        let server = try SocketServer(file: path)
        try await server.listen()
        #expect(server.hosts.map(\.id) == ["IcsHost a"])
        let client = try server.connect()
        #expect(try client.echoes("hello"))
        try directory.write(Self.text(["a", "b"]), to: "a.conf")
        let hosts = try await server.apply(file: path)
        #expect(hosts.map(\.state) == [.up, .up])
        #expect(try client.echoes("still here"))
        #expect(try server.connect(to: 1).echoes("another host"))
        await server.drain(within: .zero)
    }

    @Test func throwsEveryMistakeWithItsPlace() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(
            Self.text(["a"], key: "FastOpen=x\nNoSuchKey=1"), to: "a.conf")
        let error = #expect(throws: ConfigurationMistakes.self) { try SocketServer(file: path) }
        let mistakes = try #require(error).diagnostics.filter { $0.severity == .error }
        #expect(mistakes.map(\.line) == [6, 7])
        #expect(mistakes.map(\.column) == [10, 1])
        #expect(mistakes.allSatisfy { $0.file == path })
        #expect(mistakes[0].message.hasPrefix("FastOpen must be a number from 0 to 65535"))
    }

    @Test func throwsWhyAFileCannotBeRead() throws {
        let error = #expect(throws: ConfigurationMistakes.self) {
            try SocketServer(file: "/no/such/file")
        }
        #expect(try #require(error).description.contains("there is no such file"))
    }

    @Test func aReloadWithMistakesChangesNothing() async throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(Self.text(["a"]), to: "a.conf")
        let server = try SocketServer(file: path)
        try await server.listen()
        try directory.write("[broken", to: "a.conf")
        await #expect(throws: ListenError.self) { try await server.apply(file: path) }
        #expect(server.lastError != nil)
        #expect(try server.connect().echoes("hello"))
        await server.drain(within: .zero)
    }
}
