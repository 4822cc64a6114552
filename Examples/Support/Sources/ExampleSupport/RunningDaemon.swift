import Foundation

/// An example that is a daemon with a configuration file.
public final class RunningDaemon: Sendable {
    private let example: RunningExample
    private let directory: TemporaryDirectory

    /// Writes the file and starts `NAME run --config FILE`.
    ///
    /// - Parameters:
    ///   - name: of the program.
    ///   - hosts: the sections of the hosts, made from the port that was reserved.
    /// - Throws: why the file was not written, or the daemon not started.
    public init(_ name: String, hosts: (_ port: UInt16) -> String) throws {
        let directory = try TemporaryDirectory()
        self.directory = directory
        let file = directory("daemon.conf")
        example = try RunningExample(name) { port in
            let text = "[Server]\nStateDirectory=\(directory("state"))\n\(hosts(port))\n"
            try text.write(toFile: file, atomically: false, encoding: .utf8)
            return ["run", "--config", file]
        }
    }

    /// Connects a client, as soon as the daemon listens.
    public func connect(tls: TLSSettings? = nil) async throws -> TestClient {
        try await example.connect(tls: tls)
    }

    /// Sends SIGTERM and waits until the daemon has exited.
    ///
    /// - Returns: its exit status; that of a signal is negative.
    public func terminate() async -> Int32 { await example.terminate() }
}
