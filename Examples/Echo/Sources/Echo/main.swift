import SocketServer

// Echo [ADDRESS:PORT]
let address = CommandLine.arguments.dropFirst().first ?? "*:7000"
let server = SocketServer(listen: address) { client in
    while try await client.read({ client.send($0) }) { try await client.flush() }
}
try await server.run()
