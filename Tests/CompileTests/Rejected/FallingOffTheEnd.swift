// A closure that returns a value in one place returns one everywhere.
import SocketServer

func server() -> SocketServer {
    SocketServer(listen: "127.0.0.1:0") { client in
        if try await client.readLine() == "stay" { return .rest }
        client.send("bye\r\n")
        // error: missing return in closure expected to return 'Afterwards'
    }
}
