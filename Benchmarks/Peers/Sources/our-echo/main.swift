import SocketServer

var options = SocketServer.Options()
options.loops = .count(1)
let address = "127.0.0.1:\(CommandLine.arguments[1])"
let server = SocketServer(listen: address, options: options) { client in
    while try await client.read({ client.send($0) }) { try await client.flush() }
    return .close
}
try await server.run()
