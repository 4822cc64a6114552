import SocketServer

func names() async -> String {
    var names: [String] = []
    for await client in server.clients {
        if let info = await client.info() { names.append("\(info.remoteAddress)") }
    }
    return names.joined(separator: " ")
}

var options = SocketServer.Options()
options.loops = .count(1)
let address = "127.0.0.1:\(CommandLine.arguments[1])"
let server = SocketServer(listen: address, options: options) { client in
    while let line = try await client.readLine() {
        if line == "who" {
            try await client.write("\(await names())\n")
        } else {
            server.clients.sendToAll("\(line)\n", except: client.handle)
        }
    }
    return .close
}
try await server.run()
