// A handler that dials, works off the loop, and has work beside its clients.
import HandlerAPI

struct Relay: LastingHandler {
    static let name = "relay"
    static let summary = "joins each client with a server"

    init(_ options: HandlerOptions) {}

    func start(_ host: HostContext) async throws {
        host.inBackground {
            while !Task.isCancelled { try? await host.pause(for: .seconds(1)) }
        }
    }

    func serve(_ client: Client) async throws -> Afterwards {
        let port = try await client.offLoop { UInt16(7_000) }
        let peer = try await client.connect(to: DialTarget(.host("a.test", port: port)))
        try await peer.write("hello\n")
        guard try await peer.readLine() == "go" else { return .rest }
        return .relay(to: peer, idleTimeout: .seconds(60))
    }
}
