import SocketServer

// OwnKeys ADDRESS PORT PASSWORD: a handler with keys of its own, on a plain port that offers TLS. With
// Daemon.run(handlers: [Vault.self]) the same handler and keys stand in a configuration file.
let words = CommandLine.arguments
guard words.count == 4 else { fatalError("usage: OwnKeys ADDRESS PORT PASSWORD") }
var host = IcsHost(
    on: [words[1]], plain: Port(words[2]),
    handler: .named("vault", ["Secret": "42", "Password": words[3]]))
host.offersUpgrade = true
host.requiresUpgrade = true
var options = SocketServer.Options()
options.handlers = [Vault.self]
try await SocketServer([host], options: options).run()
