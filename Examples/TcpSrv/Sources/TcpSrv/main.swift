import Foundation
import SocketServer

// TcpSrv [ADDRESS:PORT]: the demo of ICS, with its commands, its banner, its clients' state and its events.

/// What the server keeps with each client; in ICS, a class derived from TWSocketClient.
struct Session: Sendable {
    let since = Date()
    var commands = 0
}

struct CommandError: Error {}

func serve(_ client: Client) async throws {
    var session = Session()
    while let line = try await client.readLine(upTo: 500) {
        session.commands += 1
        client[Session.self] = session
        switch line.lowercased() {
        case "help": try await client.write("help time who exit exception\r\n")
        case "time": try await client.write("\(Date())\r\n")
        case "who": try await client.write(await who())
        case "exit": return
        case "exception": throw CommandError()
        default: try await client.write("Unknown command: \(line)\r\n")
        }
    }
}

/// A line for each client, and how many there are.
func who() async -> String {
    var lines = "There are \(server.clients.count) clients\r\n"
    for await client in server.clients {
        guard let info = await client.info(), let session = await client.state(Session.self) else {
            continue
        }
        lines += "\(info.remoteAddress) since \(session.since), \(session.commands) commands\r\n"
    }
    return lines
}

func log(_ text: String) { FileHandle.standardOutput.write(Data("\(text)\n".utf8)) }

func logEvents(_ events: SocketServer.Events) async {
    for await event in events {
        switch event {
        case .stateChanged(let state): log("the server is \(state)")
        case .connected(let client): log("\(client.remoteAddress) connected")
        case .disconnected(let client, let reason):
            log("\(client.remoteAddress) disconnected: \(reason)")
        case .handlerFailed(let client, let error): log("\(client.remoteAddress) failed: \(error)")
        default: break
        }
    }
}

var options = SocketServer.Options()
options.banner = "Welcome to TcpSrv"
let address = CommandLine.arguments.dropFirst().first ?? "*:7023"
let server = SocketServer(listen: address, options: options, serve: serve)
let events = Task { await logEvents(server.events()) }
try await server.run()
