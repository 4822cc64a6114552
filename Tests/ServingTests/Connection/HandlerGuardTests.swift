import HandlerAPI
import TestSupport
import Testing

@testable import Serving

/// Handlers that go round although their waits have nothing to wait for: the others of the loop are
/// served, and such a client is ended.
@Suite struct HandlerGuardTests {
    /// What a handler takes no notice of.
    enum Fault: CaseIterable {
        case deadline, end, breakage, unreadRest, unreachableTarget, endOfHandshake
    }

    /// Serves clients whose first byte is an `e` as echo does; others run into the fault.
    private static func handler(_ fault: Fault) -> ScriptedHandler {
        ScriptedHandler { client in
            if client.note == 0 {
                var first: UInt8 = 0
                guard try await client.read({ first = $0[0] }) else { return .close }
                if first == UInt8(ascii: "e") {
                    try await client.write("e")
                    while try await client.read({ client.send($0) }) { try await client.flush() }
                    return .close
                }
                client.note = 1
                if fault == .unreadRest || fault == .breakage { try await client.write("?") }
            }
            switch fault {
            case .deadline:
                client.setDeadline(after: .milliseconds(100))
                while true { _ = try? await client.read { _ in } }
            case .end:
                while true { _ = try await client.read { _ in } }
            case .breakage:
                while true { try? await client.write("x") }
            case .unreadRest:
                return .rest
            case .unreachableTarget:
                while true { _ = try? await client.connect(to: DialTarget(.unix("/nowhere"))) }
            case .endOfHandshake:
                while true {
                    do { try await client.startTLS() } catch ClientError.timedOut {
                        client.setDeadline(after: nil)
                    }
                }
            }
        }
    }

    @Test(arguments: Fault.allCases)
    func aBusyLoopOfAHandlerLeavesTheLoopToOthers(_ fault: Fault) throws {
        let server = try TestServer(
            Self.handler(fault), upgrade: .init(isOffered: fault == .endOfHandshake),
            handshakeTimeout: .milliseconds(200))
        let neighbour = try server.connectSocket()
        #expect(try neighbour.echoes("e"))
        let client = try server.connectSocket()
        try client.send("x")
        switch fault {
        case .end: client.endOutput()
        case .breakage:
            _ = try client.receive(atLeast: 1)
            client.reset()
        case .unreadRest:
            // What nobody reads comes to a client at rest.
            _ = try client.receive(atLeast: 1)
            try client.send("y")
        default: break
        }
        if fault == .endOfHandshake {
            #expect(try server.event(.handshakeFailed).reason == .handshakeTimeout)
        } else {
            let record = try server.event(.handlerFailed)
            #expect(record.hostTag == "Host1" && record.handler == "scripted")
            #expect(record.detail.hasPrefix("it has waited 1000 times in a row for "))
            #expect(try server.event(.clientClosed).reason == .handlerError)
        }
        for number in 0..<100 { #expect(try neighbour.echoes("\(number)")) }
    }
}
