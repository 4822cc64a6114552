import Glibc
import HandlerAPI
import TestSupport
import Testing

@testable import Serving

/// What a server leaves of the process that it runs in.
@Suite struct ProcessStateTests {
    @Test func aServerThatHasStoppedLeavesTheProcessAsItWas() async {
        await #expect(processExitsWith: .success) {
            DefaultSignals.restore()
            // What the runtime and libssl create once, and tests' children.
            try ProcessStateTests.serve()
            let before = try ProcessState()
            for _ in 0..<3 { try ProcessStateTests.serve() }
            // A detached thread of a pool may still be exiting.
            try? waitUntil("the same state") { try ProcessState() == before }
            let after = try ProcessState()
            // Read by who runs the test: of the other process it knows no more than that it failed.
            if after != before { print(before, after, separator: "\n") }
            #expect(after == before)
        }
    }

    /// Serves clients of each kind, with a job off the loop, a name that is resolved, and a file.
    private static func serve() throws {
        for transport in Transport.allCases {
            let server = try TestServer(
                ScriptedHandler { client in
                    let number = try await client.offLoop { getpid() }
                    do {
                        _ = try await client.connect(to: .init(.host("localhost", port: 1)))
                    } catch is DialError {}
                    try await client.write("\(number)\n")
                    return .close
                }, over: transport, workers: 2)
            for _ in 0..<8 {
                #expect(try server.connect().receiveText() == "\(getpid())\n")
            }
        }
    }
}
