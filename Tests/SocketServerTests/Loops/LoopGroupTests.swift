import Platform
import SocketServer
import TestSupport
import Testing

/// Servers on the threads of a group.
@Suite struct LoopGroupTests {
    private static func server(on group: LoopGroup, _ word: String) -> SocketServer {
        var options = SocketServer.Options()
        options.loops = .shared(group)
        return SocketServer([EchoHost.host(EchoHost.greeting(word))], options: options)
    }

    @Test func oneServerStopsWhileAnotherServes() async throws {
        let group = try LoopGroup(count: 2)
        let kept = Self.server(on: group, "kept")
        try await kept.listen()
        let client = try kept.connect()
        #expect(try client.receive("kept\n"))
        for _ in 0..<5 {
            let other = Self.server(on: group, "other")
            try await other.listen()
            let guest = try other.connect()
            #expect(try guest.receive("other\n"))
            let report = await other.drain(within: .zero)
            #expect(!report.areThreadsLeft)
            #expect(try guest.receive().isEmpty)
            try client.send("hello")
            #expect(try client.receive("hello"))
        }
        #expect(kept.numbers.clients == 1)
        await kept.drain(within: .zero)
    }

    @Test func aServerOutlivesTheReferencesToItsGroup() async throws {
        let server = Self.server(on: try LoopGroup(count: 1), "here")
        try await server.listen()
        #expect(try server.connect().receive("here\n"))
        await server.drain(within: .zero)
    }

    @Test func otherTasksRunOnItsLoops() async throws {
        let group = try LoopGroup(count: 2)
        #expect(group.executors.count == 2)
        let names = Lock<Set<String>>([])
        for executor in group.executors {
            await Task(executorPreference: executor) {
                let name = String(
                    decoding: ProcFile.read("/proc/thread-self/comm"), as: UTF8.self)
                names.withLock { _ = $0.insert(name) }
            }.value
        }
        #expect(names.withLock { $0 } == ["loop-0\n", "loop-1\n"])
    }

    @Test func oneGroupIsForTheWholeProcess() throws {
        let shared = try #require(LoopGroup.shared)
        #expect(shared == LoopGroup.shared)
        #expect(shared.executors.count == Processors.usable)
    }
}
