import Glibc
import Platform
import Synchronization
import TestSupport
import Testing

@testable import Serving

/// Who is let in, and which loop gets whom.
@Suite struct AdmissionTests {
    @Test func exactlyMaxClientsAreLetInHoweverManyComeAtOnce() throws {
        let server = try TestServer(.echo, workers: 4, maxClients: 100)
        let port = server.port
        let all = Lock<[PlainClient]>([])
        let threads = try (0..<4).map { _ in
            try Platform.Thread(name: "clients") {
                for _ in 0..<100 {
                    guard let client = try? PlainClient(to: "127.0.0.1", port: port) else {
                        continue
                    }
                    all.withLock { $0.append(client) }
                }
            }
        }
        for thread in threads { thread.join() }
        let clients = all.withLock { $0 }
        #expect(clients.count == 400)
        for client in clients { try? client.send("hi") }
        let answers = try clients.map { try $0.receive(atLeast: 2) }
        #expect(answers.count { $0 == Array("hi".utf8) } == 100)
        #expect(answers.count { $0 == Array("busy\r\n".utf8) } == 300)
        #expect(server.server.status.refused == 300)
        for client in clients { client.close() }
        try waitUntil("all have left: \(server.server.status)") {
            server.server.status.clients == 0
        }
        #expect(try server.connectSocket().echoes("hi"))
    }

    /// One leaves the only place and wants it back, while another tries to get it all the time.
    @Test func aRefusalMeansThatSomebodyElseIsIn() throws {
        let admission = Admission(limit: 1)
        let attempts = Atomic<Int>(0)
        // The attempt with which the other came in, 0 while it is not.
        let success = Atomic<Int>(0)
        let isOver = Atomic<Bool>(false)
        #expect(admission.admit(nil) == .welcome)
        let other = try Platform.Thread(name: "other") {
            while !isOver.load(ordering: .relaxed) {
                let number = attempts.add(1, ordering: .relaxed).newValue
                atomicMemoryFence(ordering: .sequentiallyConsistent)
                guard admission.admit(nil) == .welcome else { continue }
                success.store(number, ordering: .relaxed)
                // Its place passes to this test.
                while success.load(ordering: .relaxed) != 0 { sched_yield() }
            }
        }
        try waitUntil("the other tries") { attempts.load(ordering: .relaxed) > 0 }
        var (rounds, refusals, unfounded) = (0, 0, 0)
        while refusals < 20_000, rounds < 20_000_000 {
            rounds += 1
            admission.leave()
            if admission.admit(nil) == .welcome { continue }
            refusals += 1
            atomicMemoryFence(ordering: .sequentiallyConsistent)
            let begun = attempts.load(ordering: .relaxed)
            while success.load(ordering: .relaxed) == 0 { sched_yield() }
            // An attempt that began after the refusal is no reason for it.
            if success.exchange(0, ordering: .relaxed) > begun { unfounded += 1 }
        }
        isOver.store(true, ordering: .relaxed)
        other.join()
        #expect(refusals > 0)
        #expect(unfounded == 0)
        #expect(admission.clients == 1)
    }

    /// Nine tenths are for everybody, the last one for hosts with less than their share.
    @Test func theLastTenthIsNotForOneHost() {
        let admission = Admission(limit: 100)
        let (hog, other) = (HostAccount(), HostAccount())
        func fill(_ account: HostAccount?) -> Int {
            var count = 0
            while admission.admit(account) == .welcome {
                _ = account?.clientCame()
                count += 1
            }
            return count
        }
        admission.share(among: 2)
        #expect(fill(hog) == 90)
        #expect(admission.admit(hog) == .shared)
        // One that finds its host after it was let in.
        #expect(admission.admit(nil) == .welcome)
        #expect(!admission.mayStay(with: hog))
        #expect(admission.mayStay(with: other))
        admission.decided()
        admission.leave()
        #expect(fill(other) == 10)
        #expect(admission.admit(other) == .full)
        for _ in 0..<20 { admission.leave() }
        // The only host may have them all.
        admission.share(among: 1)
        #expect(fill(hog) == 20)
        // Those in a handshake count as one host.
        let next = Admission(limit: 100)
        next.share(among: 3)
        var pending = 0
        while next.admit(nil) == .welcome { pending += 1 }
        #expect(pending == 90)
        #expect(next.admit(nil) == .shared)
        #expect(next.admit(other) == .welcome)
        // As few as there may be, each has one.
        let few = Admission(limit: 10)
        few.share(among: 100)
        for _ in 0..<10 { #expect(few.admit(HostAccount()) == .welcome) }
        #expect(few.admit(HostAccount()) == .full)
    }

    @Test(arguments: 0..<20)
    func whoIsLetInWhileTheServerDrainsIsWaitedFor(_ round: Int) throws {
        let server = try TestServer(.echo, workers: 4)
        let port = server.port
        let all = Lock<[PlainClient]>([])
        let threads = try (0..<2).map { _ in
            try Platform.Thread(name: "clients") {
                for _ in 0..<100 {
                    guard let client = try? PlainClient(to: "127.0.0.1", port: port) else { break }
                    client.endOutput()
                    all.withLock { $0.append(client) }
                }
            }
        }
        try waitUntil("some clients") { all.withLock { $0.count } > 20 }
        server.drain()
        try server.waitForEnd()
        #expect(server.server.clientsByLoop == [0, 0, 0, 0])
        for thread in threads { thread.join() }
    }

    @Test func heldClientsAreSpreadEvenlyOverTheLoops() throws {
        _ = try FileLimit.raise()
        let server = try TestServer(.echo, workers: 4)
        let clients = try (0..<2_000).map { _ in try server.connectSocket() }
        try waitUntil("all are in: \(server.server.clientsByLoop)") {
            server.server.clientsByLoop.reduce(0, +) == clients.count
        }
        let most = server.server.clientsByLoop.max() ?? 0
        #expect(most <= clients.count / 4 * 12 / 10, "\(server.server.clientsByLoop)")
        #expect(try clients.last?.echoes("hello") == true)
    }
}
