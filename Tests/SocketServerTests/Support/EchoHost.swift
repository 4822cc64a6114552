import NetworkTypes
import Platform
import TestSupport

@testable import SocketServer

/// The hosts of these tests.
enum EchoHost {
    /// Sends back what it gets.
    static let echo: HandlerSource = .serve { client in
        while try await client.read({ client.send($0) }) {}
    }

    /// Sends a line to each client, then what it gets.
    static func greeting(_ word: String) -> HandlerSource {
        .serve { client in
            try await client.write("\(word)\n")
            while try await client.read({ client.send($0) }) {}
            return .close
        }
    }

    /// A host on a port of 127.0.0.1.
    static func host(
        _ handler: HandlerSource = echo, tag: String = "", port: Port = 0
    ) -> IcsHost {
        var host = IcsHost(on: ["127.0.0.1"], plain: port, handler: handler)
        host.tag = tag
        host.drainTimeout = .seconds(3_600)
        return host
    }
}

extension SocketServer {
    /// Ends when the server is in a state; does not block a thread, which ``run()`` may need.
    func next(_ state: State) -> Task<Void, Never> {
        let (states, stream) = AsyncStream.makeStream(of: State.self)
        observe { stream.yield($0) }
        return Task { _ = await states.first { $0 == state } }
    }

    /// A client of a listener.
    func connect(to index: Int = 0) throws -> PlainClient {
        try PlainClient(to: "127.0.0.1", port: listeners[index].address?.port ?? 0)
    }
}

extension TestClient {
    /// Receives a text of this length.
    func receive(_ text: String) throws -> Bool {
        try receive(atLeast: text.utf8.count) == Array(text.utf8)
    }
}
