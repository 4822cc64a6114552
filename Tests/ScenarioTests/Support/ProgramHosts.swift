import Glibc
import TestSupport

/// Daemons whose host runs a program.
struct ProgramHosts {
    let directory: TemporaryDirectory
    private let certificates: Certificates

    init() throws {
        directory = try TemporaryDirectory()
        certificates = try Certificates(in: directory)
    }

    /// Starts a daemon with one host, plain and SSL.
    func daemon(
        _ command: String, keys: String = "", server: String = "",
        level: String = "debug", environment: [String: String] = [:]
    ) throws -> DaemonProcess {
        try DaemonProcess(
            """
            [Server]
            LogLevel=\(level)
            Workers=2
            \(server)
            [Host1]
            Hosts=a.test
            HostTag=PROGRAM
            BindIpAddr=127.0.0.1
            BindNonPort=auto
            BindSslPort=auto
            \(try certificates.pair("a.test").settings)
            Handler=exec
            Exec=\(command)
            \(keys)
            """, in: directory, environment: environment)
    }

    /// A file for `Exec=` that runs these lines of shell.
    func script(_ lines: String) throws -> String {
        let path = try directory.write("#!/bin/sh\n\(lines)\n", to: "program")
        try Command.succeed(["chmod", "755", path])
        return path
    }

    /// Whether a process is there that is no zombie.
    static func isAlive(_ id: String) throws -> Bool {
        let command = try Command(["cat", "/proc/\(id)/status"])
        return command.end == .exited(0) && !command.output.contains("State:\tZ")
    }
}

extension TestClient {
    /// The first line that the server sends.
    func firstLine() throws -> String {
        var text = ""
        while !text.contains("\n") {
            let bytes = try receive()
            guard !bytes.isEmpty else { throw TestFailure("the end instead of a line: \(text)") }
            text += String(decoding: bytes, as: UTF8.self)
        }
        return String(text.prefix { $0 != "\n" })
    }
}
