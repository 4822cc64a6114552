internal import Glibc
internal import Logging
internal import ServiceLifecycle
internal import SocketServer
internal import SocketServerLifecycle
internal import UnixSignals

/// A server in a `ServiceGroup`, with a service that saves when the last client has been served.
@main enum Main {
    static func main() async throws {
        // On a busy machine the client may take a while to see the drain.
        var options = SocketServer.Options()
        options.drainTimeout = .seconds(3_600)
        let server = SocketServer(listen: "127.0.0.1:0", options: options) { client in
            while let line = try await client.readLine() {
                // Asked once: the drain may begin during the write.
                let isLast = client.isDraining
                try await client.write(isLast ? "draining\n" : "\(line)\n")
                if isLast { break }
            }
            return .close
        }
        try await server.listen()
        let group = ServiceGroup(
            services: [Save(server: server), SocketServerService(server)],
            gracefulShutdownSignals: [.sigterm], logger: Logger(label: "lifecycle"))
        try await group.run()
        say("exits")
    }
}

/// Saves at the shutdown, which takes a moment.
private struct Save: Service {
    let server: SocketServer

    func run() async throws {
        // The group has trapped its signals before it runs a service.
        say("port \(server.listeners.first?.address?.port ?? 0)")
        try await gracefulShutdown()
        say("saves after the server has \(server.state)")
        try await Task.sleep(for: .milliseconds(200))
        say("saved")
    }
}

/// Prints a line that a reader of the pipe gets at once.
private func say(_ text: String) {
    print(text)
    fflush(nil)
}
