import SocketServer

// ClientCertificates ADDRESS PORT AUTHORITY: clients present a certificate that AUTHORITY has signed; others are
// refused in the handshake. The server's own certificate is self-signed.

let words = CommandLine.arguments
guard words.count == 4 else { fatalError("usage: ClientCertificates ADDRESS PORT AUTHORITY") }
var host = IcsHost(
    on: [words[1]], ssl: Port(words[2]),
    handler: .serve { client in
        let name = client.certificate?.commonName ?? "nobody"
        try await client.write("welcome, \(name)\r\n")
    })
host.clientCertificates = .required
host.clientAuthorities = words[3]
try await SocketServer([host]).run()
