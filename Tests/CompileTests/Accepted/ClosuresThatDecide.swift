// Closures with a result, which decides what happens to the connection.
import SocketServer

func serve(_ client: Client) async throws -> Afterwards {
    try await client.readLine() == nil ? .close : .rest
}

func serveWithoutError(_ client: Client) async -> Afterwards { .abort }

func servers() -> [SocketServer] {
    [
        SocketServer(listen: "127.0.0.1:0", serve: serve),
        SocketServer(listen: "127.0.0.1:0", serve: serveWithoutError),
        SocketServer(listen: "127.0.0.1:0", "[::1]:0") { _ in .close },
        SocketServer(listen: "127.0.0.1:0") { try await serve($0) },
        SocketServer(listen: "127.0.0.1:0") { client in try await serve(client) },
        SocketServer(listen: "127.0.0.1:0") { client in
            try await client.readLine() == nil ? .close : .rest
        },
        SocketServer(listen: "127.0.0.1:0") { client in
            while try await client.read({ client.send($0) }) { try await client.flush() }
            return .close
        },
        SocketServer(listen: "127.0.0.1:0") { client in
            guard let line = try await client.readLine() else { return .close }
            if line == "quit" { return .closeAtOnce }
            for try await line in client.lines(upTo: 500) {
                switch line {
                case "quit": return .abort
                default: client.send(line)
                }
            }
            return .rest
        },
        SocketServer(listen: "127.0.0.1:0") { client in
            do { try await client.write("hello\r\n") } catch { return .abort }
            return .close
        },
    ]
}

func hosts() -> [IcsHost] {
    [
        IcsHost(on: ["127.0.0.1"], plain: 0, handler: .serve(serve)),
        IcsHost(
            on: ["127.0.0.1"], plain: 0,
            handler: .serve { client in
                let name = try await client.readLine() ?? "nobody"
                try await client.write("hello, \(name)\r\n")
                return .close
            }),
    ]
}
