import EventLoops
import Glibc
import HandlerAPI
import Platform
import TestSupport
import Testing

@testable import Serving

/// What an idle client costs: a page of decisions/0155 and the README's numbers rest on it.
@Suite struct ConnectionSizeTests {
    /// What malloc(3) has given an object; the module of glibc has not this function.
    private static func size(of object: AnyObject) -> Int {
        typealias Function = @convention(c) (UnsafeMutableRawPointer) -> Int
        guard let symbol = unsafe dlsym(nil, "malloc_usable_size") else { return .max }
        let function = unsafe unsafeBitCast(symbol, to: Function.self)
        return unsafe function(Unmanaged.passUnretained(object).toOpaque())
    }

    /// Beyond 184 bytes malloc(3) takes its next size, 16 bytes more for each client.
    @Test func aConnectionFitsItsSizeOfMalloc() throws {
        let size = Lock<Int?>(nil)
        let handler = ScriptedHandler { client in
            size.withLock { $0 = Self.size(of: client) }
            return .close
        }
        let server = try TestServer(handler)
        let client = try server.connect()
        client.endOutput()
        #expect(try client.receiveAll() == [])
        let bytes = try #require(size.withLock { $0 })
        #expect(bytes <= 184)
        #expect(MemoryLayout<Connection.Role>.size == 8)
        #expect(MemoryLayout<ConnectionFlags>.size == 2)
    }

    /// An idle client, with a task or at rest, owns nothing but its connection.
    @Test(arguments: [false, true])
    func anIdleClientHasNoExtras(_ rests: Bool) throws {
        let kept = Lock<Connection?>(nil)
        let handler = ScriptedHandler { client in
            kept.withLock { $0 = client as? Connection }
            let arrival = try client.readArrived { client.send($0) }
            if arrival == .end { return .close }
            if rests { return .rest }
            while try await client.read({ client.send($0) }) { try await client.flush() }
            return .close
        }
        let server = try TestServer(handler)
        let client = try server.connect()
        #expect(try client.echoes("hello"))
        let isSmall = Lock<Bool?>(nil)
        server.server.workers[0].loop.perform {
            let connection = kept.withLock { $0 }
            isSmall.withLock { $0 = connection?.extras == nil && connection?.backlog == nil }
        }
        try waitUntil("the loop") { isSmall.withLock { $0 != nil } }
        #expect(isSmall.withLock { $0 } == true)
    }
}
