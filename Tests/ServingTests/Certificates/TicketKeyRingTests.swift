import Configuration
import TLS
import TestSupport
import Testing

@testable import Serving

/// The ticket keys of a server.
@Suite struct TicketKeyRingTests {
    @Test func keysRotateUnlessTheyAreShared() throws {
        let directory = try TemporaryDirectory()
        let ring = TicketKeyRing()
        let first = ring.ticketKeys
        ring.rotate()
        #expect(ring.ticketKeys !== first)

        // A configuration without a file leaves them alone, as a reload does.
        let own = ring.ticketKeys
        var diagnostics = Diagnostics()
        ring.use(ServerSettings(), into: &diagnostics)
        #expect(ring.ticketKeys === own)

        var settings = ServerSettings()
        let place = SourceLocation(file: "c", line: 2, column: 18)
        let file = try directory.write([UInt8](repeating: 7, count: 80), to: "keys")
        settings.ticketKeyFile = Located(file, at: place)
        ring.use(settings, into: &diagnostics)
        let shared = ring.ticketKeys
        #expect(shared !== own)
        ring.rotate()
        #expect(ring.ticketKeys === shared)

        // A file that is broken now changes nothing.
        try directory.write([1, 2, 3], to: "keys")
        ring.use(settings, into: &diagnostics)
        #expect(ring.ticketKeys === shared)
        #expect(diagnostics.count(.error) == 1)
        #expect(diagnostics.sorted().last?.location == place)

        ring.use(ServerSettings(), into: &diagnostics)
        #expect(ring.ticketKeys !== shared)
    }
}
