import Foundation
import Logging
import ServiceLifecycle
import SocketServer
import SocketServerLifecycle
import Synchronization

// InServiceGroup ADDRESS:PORT FILE: counts the lines of its clients. On SIGTERM the server finishes first, then the
// count is saved: no line is missing.

/// Keeps a count, and saves it at the end.
final class Ledger: Service {
    private let lines = Atomic(0)
    private let file: String

    init(file: String) { self.file = file }

    /// Counts a line, and returns how many there are.
    func countLine() -> Int { lines.add(1, ordering: .relaxed).newValue }

    func run() async throws {
        try await gracefulShutdown()
        try "\(lines.load(ordering: .relaxed))\n".write(
            toFile: file, atomically: true, encoding: .utf8)
    }
}

let words = CommandLine.arguments
guard words.count == 3 else { fatalError("usage: InServiceGroup ADDRESS:PORT FILE") }
let ledger = Ledger(file: words[2])
let server = SocketServer(listen: words[1]) { client in
    while try await client.readLine() != nil {
        try await client.write("\(ledger.countLine())\r\n")
    }
}
// Services shut down in reverse order, each when those after it are done.
let group = ServiceGroup(
    services: [ledger, SocketServerService(server)], gracefulShutdownSignals: [.sigterm, .sigint],
    logger: Logger(label: "InServiceGroup"))
try await group.run()
