// Closures without a result: the connection is closed when they return.
import SocketServer

func serve(_ client: Client) async throws {
    try await client.write("hello\r\n")
}

struct Oops: Error {}

func servers() -> [SocketServer] {
    [
        SocketServer(listen: "127.0.0.1:0", serve: serve),
        SocketServer(listen: "127.0.0.1:0", "[::1]:0") { _ in },
        SocketServer(listen: "127.0.0.1:0") { try await $0.write("hello\r\n") },
        SocketServer(listen: "127.0.0.1:0") { client in try await client.write("hello\r\n") },
        SocketServer(listen: "127.0.0.1:0") { _ in throw Oops() },
        SocketServer(listen: "127.0.0.1:0") { client in
            while try await client.read({ client.send($0) }) { try await client.flush() }
        },
        SocketServer(listen: "127.0.0.1:0") { client in
            while true { try await client.write("hello\r\n") }
        },
        SocketServer(listen: "127.0.0.1:0") { client in
            guard let line = try await client.readLine() else { return }
            if line == "quit" { return }
            for try await line in client.lines(upTo: 500) {
                switch line {
                case "quit": return
                default: client.send(line)
                }
            }
        },
        SocketServer(listen: "127.0.0.1:0") { client in
            do { try await client.write("hello\r\n") } catch { client.send("\(error)") }
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
            }),
    ]
}
