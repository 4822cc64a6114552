import Glibc
import HandlerAPI
import Platform
import Synchronization
import TestSupport
import Testing

@testable import Serving

/// Work that blocks, away from the loops.
@Suite struct OffLoopTests {
    private enum OwnError: Error {
        case outOfMarbles
    }

    @Test func aHandlerWaitsOffItsLoopAndComesBack() throws {
        let handler = ScriptedHandler { client in
            let before = pthread_self()
            let other = try await client.offLoop { pthread_self() }
            let isSame = pthread_equal(before, pthread_self()) != 0
            let isOther = pthread_equal(before, other) == 0
            try await client.write("\(isSame) \(isOther)")
            return .close
        }
        let server = try TestServer(handler)
        #expect(try server.connect().receiveText() == "true true")
    }

    @Test func aLoopKeepsRunningWhileAJobBlocks() throws {
        let gate = try EventBell()
        let handler = ScriptedHandler { client in
            let word = try await client.readLine()
            if word == "block" { try await client.offLoop { gate.wait() } }
            try await client.write("done")
            return .close
        }
        let server = try TestServer(handler)
        let first = try server.connect()
        try first.send("block\n")
        #expect(try server.connect().exchange(Array("go\n".utf8)) == Array("done".utf8))
        gate.ring()
        #expect(try first.receiveText() == "done")
    }

    @Test func whatAJobThrowsIsThrown() throws {
        let handler = ScriptedHandler { client in
            try await client.offLoop { throw OwnError.outOfMarbles }
            return .close
        }
        let server = try TestServer(handler)
        #expect(try !server.connect().receiveToEnd().isWhole)
        #expect(try server.event(.handlerFailed).detail == "outOfMarbles")
    }

    @Test func aPoolRunsAsManyJobsAsItHasThreadsAndKeepsAsManyAsItMay() throws {
        let pool = try ThreadPool(name: "test", threads: 2, queue: 3)
        let running = Atomic<Int>(0)
        let done = Atomic<Int>(0)
        let gate = try EventBell(countsRings: true)
        let job: @Sendable () -> Void = {
            running.add(1, ordering: .relaxed)
            gate.wait()
            done.add(1, ordering: .relaxed)
        }
        for number in 1...2 {
            #expect(pool.perform(job))
            try waitUntil("job \(number)") { running.load(ordering: .relaxed) == number }
        }
        for _ in 0..<3 { #expect(pool.perform(job)) }
        #expect(!pool.perform(job))
        #expect(running.load(ordering: .relaxed) == 2)
        for _ in 0..<5 { gate.ring() }
        try waitUntil("five jobs") { done.load(ordering: .relaxed) == 5 }
        pool.stop()
        #expect(!pool.perform(job))
    }
}
