import Foundation
import Glibc

/// An example as a process of its own, as its users run it; killed when nothing refers to it any more.
public final class RunningExample: Sendable {
    /// The port that was reserved for it on 127.0.0.1.
    public let port: UInt16
    private let reservation: ReservedPort
    private let process: Process
    private let input: FileHandle
    private let output: AsyncStream<String>

    /// Starts a program that was built beside the tests.
    ///
    /// - Parameters:
    ///   - name: of the program.
    ///   - arguments: made from the port that it shall listen on.
    /// - Throws: what `arguments` throws, and why it did not start.
    public init(_ name: String, _ arguments: (_ port: UInt16) throws -> [String]) throws {
        reservation = try ReservedPort()
        port = reservation.number
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent(name)
        process.arguments = try arguments(port)
        let pipe = Pipe()
        process.standardOutput = pipe
        output = RunningExample.lines(of: pipe.fileHandleForReading)
        let typing = Pipe()
        process.standardInput = typing
        input = typing.fileHandleForWriting
        try process.run()
        self.process = process
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// Connects a client, as soon as the example listens.
    public func connect(tls: TLSSettings? = nil) async throws -> TestClient {
        let limit = ContinuousClock.now + .seconds(20)
        while true {
            do {
                return try await TestClient(port: port, tls: tls)
            } catch let error as TestClientError where error.isRefusal {
                guard process.isRunning, ContinuousClock.now < limit else { throw error }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    /// Types a text on its standard input.
    public func type(_ text: String) { input.write(Data(text.utf8)) }

    /// Closes its standard input.
    public func endInput() { try? input.close() }

    /// Waits for a line of its output that contains a text.
    ///
    /// - Returns: the line, nil if the output ended without one.
    public func outputLine(containing text: String) async -> String? {
        for await line in output where line.contains(text) { return line }
        return nil
    }

    private static func lines(of file: FileHandle) -> AsyncStream<String> {
        AsyncStream { lines in
            Thread.detachNewThread {
                var text = ""
                while case let data = file.availableData, !data.isEmpty {
                    text += String(decoding: data, as: UTF8.self)
                    var parts = text.split(separator: "\n", omittingEmptySubsequences: false)
                    text = String(parts.removeLast())
                    for part in parts { lines.yield(String(part)) }
                }
                lines.finish()
            }
        }
    }

    /// Sends SIGTERM and waits until it has exited.
    ///
    /// - Returns: its exit status; that of a signal is negative.
    public func terminate() async -> Int32 {
        process.terminate()
        return await exitStatus()
    }

    /// Waits until it has exited.
    public func exitStatus() async -> Int32 {
        await withCheckedContinuation { exited in
            DispatchQueue.global().async { [process] in
                process.waitUntilExit()
                let isExit = process.terminationReason == .exit
                exited.resume(returning: (isExit ? 1 : -1) * process.terminationStatus)
            }
        }
    }
}

/// A free port, which the kernel gives to nobody else: a server with SO_REUSEADDR can still listen on it.
private final class ReservedPort: Sendable {
    let number: UInt16
    private let descriptor: CInt

    init() throws {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var yes: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
        var address = sockaddr_in.loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = address.withPointer { address, count in
            bind(descriptor, address, count) == 0 && getsockname(descriptor, address, &size) == 0
        }
        guard isBound else { throw TestClientError("bind") }
        self.descriptor = descriptor
        number = address.sin_port.bigEndian
    }

    deinit { Glibc.close(descriptor) }
}

extension sockaddr_in {
    static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        return address
    }

    mutating func withPointer<Result>(
        _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        withUnsafeMutablePointer(to: &self) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
