import Glibc
import SocketServer
import Synchronization

/// `CallersLoop ADDRESS:PORT`: clients are served on the main thread, in the program's own loop around poll(2).
///
/// What is typed goes to all of them; at end of file the server is drained.
@main enum CallersLoop {
    static func main() throws {
        let mainThread = pthread_self()
        var loop = try CallerLoop()
        var options = SocketServer.Options()
        options.loops = .shared(loop.group)
        let server = SocketServer(listen: CommandLine.arguments[1], options: options) { client in
            while let line = try await client.readLine() {
                let thread = pthread_self() == mainThread ? "main" : "other"
                try await client.write("\(line), served on the \(thread) thread\r\n")
            }
        }
        let isDone = Atomic(false)
        // @concurrent: on the main actor, whose thread is in poll(2) or turns the loop, the task would never go on.
        Task { @concurrent in
            do { try await server.run() } catch { print(error) }
            isDone.store(true, ordering: .releasing)
        }
        var ready = [loop.descriptor, STDIN_FILENO].map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        while poll(&ready, nfds_t(ready.count), -1) > 0 {
            if ready[0].revents != 0 { loop.turn() }
            if ready[1].revents != 0 {
                guard let text = typed() else { break }
                server.clients.sendToAll(text)
            }
        }
        Task { @concurrent in await server.drain() }
        loop.run { isDone.load(ordering: .acquiring) }
    }

    /// What is typed; nil at end of file.
    private static func typed() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = read(STDIN_FILENO, &bytes, bytes.count)
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }
}
