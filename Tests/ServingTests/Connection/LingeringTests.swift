import Glibc
import HandlerAPI
import TestSupport
import Testing

/// What happens to bytes that come after the last word.
@Suite struct LingeringTests {
    private let handler = ScriptedHandler { client in
        try await client.write("no")
        return .close
    }

    /// Sends 256 MiB to a server that has said no.
    private func pour(into server: TestServer) throws {
        let client = try server.connect()
        #expect(try client.receive(atLeast: 2) == Array("no".utf8))
        let piece = [UInt8](repeating: 7, count: 1 << 20)
        for _ in 0..<256 { try client.send(piece) }
    }

    @Test func aClientMayKeepSendingAfterItsAnswer() throws {
        try pour(into: TestServer(handler))
    }

    @Test func droppedInputHasALimit() throws {
        let server = try TestServer(handler, lingerBytes: 1 << 20)
        let failure = #expect(throws: TestFailure.self) { try pour(into: server) }
        #expect([ECONNRESET, EPIPE].contains(failure?.errorNumber))
    }
}
