import EventLoops
import HandlerAPI
import Platform
import TestSupport
import Testing

@testable import Serving

/// What an idle client costs: a page of decisions/0155 and the README's numbers rest on it.
@Suite struct ConnectionSizeTests {
    /// The bytes of an instance of a class, from its metadata: malloc_usable_size(3) may count what was left
    /// over from another object.
    private static func size(of type: AnyClass) -> Int {
        // The kind, the superclass, two numbers of 32 bits, the size (TypeMetadata.rst of the compiler).
        let metadata = unsafe unsafeBitCast(type, to: UnsafeRawPointer.self)
        return unsafe Int(metadata.load(fromByteOffset: 24, as: UInt32.self))
    }

    /// Beyond 184 bytes malloc(3) takes its next size, 16 bytes more for each client.
    @Test func aConnectionFitsItsSizeOfMalloc() {
        #expect(Self.size(of: Empty.self) == 16)
        #expect(Self.size(of: Connection.self) <= 184)
        #expect(MemoryLayout<Connection.Role>.size == 8)
        #expect(MemoryLayout<ConnectionFlags>.size == 2)
    }

    private final class Empty {}

    /// An idle client, with a task or at rest, owns nothing but its connection.
    @Test(arguments: [false, true])
    func anIdleClientHasNoExtras(_ rests: Bool) throws {
        let kept = Lock<Connection?>(nil)
        let handler = ScriptedHandler { client in
            kept.withLock { $0 = client.core as? Connection }
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
