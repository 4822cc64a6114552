import Glibc
import Platform
import TestSupport
import Testing

@testable import SocketServer

extension TWSocketServerTests {
    /// The events from before the server listens until it has ended, with one client of this handler.
    private func events(_ handler: HandlerSource = EchoHost.echo) async throws -> [SocketServer
        .Event]
    {
        let server = SocketServer([EchoHost.host(handler)])
        let events = server.events()
        try await server.listen()
        let peer = try server.connect()
        peer.endOutput()
        // A handler that throws resets the connection.
        _ = try? peer.receiveAll()
        await server.drain()
        var seen: [SocketServer.Event] = []
        for await event in events {
            seen.append(event)
            if case .stateChanged(.ended) = event { break }
        }
        return seen
    }

    private struct OutOfMarbles: Error {}

    @Test func onBgException() async throws {
        var failures: [any Error] = []
        for event in try await events(.serve { _ in throw OutOfMarbles() }) {
            switch event {
            case .handlerFailed(_, let error): failures.append(error)
            default: break
            }
        }
        #expect(failures.count == 1 && failures[0] is OutOfMarbles)
    }

    @Test func onChangeState() async throws {
        var states: [SocketServer.State] = []
        for event in try await events() {
            switch event {
            case .stateChanged(let state): states.append(state)
            default: break
            }
        }
        #expect(states == [.listening, .draining, .ended])
    }

    @Test func onClientCreateConnectAndDisconnect() async throws {
        var (accepted, connected) = ([UInt64](), [UInt64]())
        var gone: [(UInt64, CloseReason)] = []
        for event in try await events() {
            switch event {
            case .accepted(let info): accepted.append(info.id)
            case .connected(let info): connected.append(info.id)
            case .disconnected(let info, let reason): gone.append((info.id, reason))
            default: break
            }
        }
        #expect(accepted.count == 1 && connected == accepted && gone.map(\.0) == accepted)
        #expect(gone.map(\.1) == [.peerClosed])
    }

    @Test func onError() async throws {
        let reserved = try ReservedPort()
        let server = SocketServer([
            EchoHost.host(),
            IcsHost(on: ["192.0.2.1"], plain: .number(reserved.number), handler: echo),
        ])
        let events = server.events()
        try await server.listen()
        await server.drain()
        var errors: [String] = []
        for await event in events {
            switch event {
            case .hostDown(_, let text): errors.append(text)
            case .error(let text): errors.append(text)
            case .stateChanged(.ended):
                #expect(errors.contains { $0.contains("192.0.2.1") })
                return
            default: break
            }
        }
    }

    @Test func onMessagePump() async throws {
        var loop = try CallerLoop()
        let server = try await listening(on: loop)
        let peer = try server.connect()
        var entry = pollfd(fd: loop.descriptor, events: Int16(POLLIN), revents: 0)
        #expect(unsafe poll(&entry, 1, 10_000) == 1)
        loop.turn()
        _ = peer
        await server.drain(within: .zero)
    }
}
