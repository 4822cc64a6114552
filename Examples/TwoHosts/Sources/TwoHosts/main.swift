import SocketServer

// TwoHosts ADDRESS PORT DIRECTORY: two hosts on one TLS port, each with a certificate of its own. The server name
// that a client sends (SNI) chooses between them. DIRECTORY has NAME.pem and NAME.key of each.

func host(_ name: String, on address: String, _ port: String, _ directory: String) -> IcsHost {
    IcsHost(
        [name], on: [address], ssl: Port(port),
        certificate: .files("\(directory)/\(name).pem", key: "\(directory)/\(name).key"),
        handler: .serve { try await $0.write("welcome to \(name)\r\n") })
}

let words = CommandLine.arguments
guard words.count == 4 else { fatalError("usage: TwoHosts ADDRESS PORT DIRECTORY") }
var options = SocketServer.Options()
options.unknownServerName = .reject
let server = SocketServer(
    [
        host("red.example", on: words[1], words[2], words[3]),
        host("blue.example", on: words[1], words[2], words[3]),
    ], options: options)
try await server.run()
