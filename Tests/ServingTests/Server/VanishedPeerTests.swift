import EventLoops
import Glibc
import HandlerAPI
import Platform
import TestSupport
import Testing

@testable import Serving

/// A server in a program that leaves SIGPIPE at its default, which ends the process.
@Suite struct VanishedPeerTests {
    /// What is being sent when the peer vanishes.
    enum Way: String, CaseIterable, Codable {
        case bytes, file, relay

        /// Whether a system call is used that has no flag against the signal.
        var raisesSignal: Bool { self != .bytes }
    }

    @Test(arguments: Way.allCases) func aPlainPeerThatVanishesIsAnError(_ way: Way) async {
        await #expect(processExitsWith: .success) { [way] in
            try VanishedPeerTests.vanish(while: way, over: .plain)
        }
    }

    @Test(arguments: Way.allCases) func aTLSPeerThatVanishesIsAnError(_ way: Way) async {
        await #expect(processExitsWith: .success) { [way] in
            try VanishedPeerTests.vanish(while: way, over: .tls)
        }
    }

    private static func vanish(while way: Way, over transport: Transport) throws {
        DefaultSignals.restore()
        let directory = try TemporaryDirectory()
        let file = try directory.write([UInt8](repeating: 7, count: 1 << 20), to: "big")
        let descriptor = FileDescriptor(adopting: unsafe open(file, O_RDONLY | O_CLOEXEC))
        let number = descriptor.number
        let sender = ScriptedHandler { client in
            while true {
                if way == .file {
                    _ = try await client.sendFile(number, from: 0, count: 1 << 20, after: [])
                } else {
                    try await client.write([UInt8](repeating: 7, count: 1 << 16))
                }
            }
        }
        if way == .relay {
            let server = try DialingServer(sender, over: .plain, front: transport)
            try leave(server.front, raisesSignal: way.raisesSignal && transport == .plain)
        } else {
            let server = try TestServer(sender, over: transport)
            try leave(server, raisesSignal: way.raisesSignal && transport == .plain)
        }
        withExtendedLifetime(descriptor) {}
    }

    /// Has clients vanish, until the loop has blocked a signal where there is one.
    ///
    /// The test would prove nothing without. The kernel answers the first send after the reset with EPIPE or ECONNRESET (tcp(7)).
    private static func leave(_ server: TestServer, raisesSignal: Bool) throws {
        var count = 0
        try waitUntil("a signal that is blocked") {
            try vanish(from: server)
            count += 1
            return try count >= 4 && (!raisesSignal || hasBlockedSignal(server))
        }
        #expect(try hasBlockedSignal(server) == raisesSignal)
    }

    /// Ends the output and then resets.
    private static func vanish(from server: TestServer) throws {
        let client = try server.connect()
        _ = try client.receive(atLeast: 100_000)
        _ = shutdown(client.descriptor, CInt(SHUT_WR))
        client.close()
        try waitUntil("the client has left") { server.server.status.clients == 0 }
    }

    private static func hasBlockedSignal(_ server: TestServer) throws -> Bool {
        let found = Lock<Bool?>(nil)
        server.server.workers[0].loop.perform { found.withLock { $0 = BrokenPipe.isPending } }
        try waitUntil("the loop's answer") { found.withLock { $0 != nil } }
        return found.withLock { $0 } == true
    }
}
