import Glibc
import TestSupport

/// A daemon with one web host, or more, and a directory of documents.
final class WebDaemon {
    let daemon: DaemonProcess
    let directory: TemporaryDirectory

    /// An answer taken apart.
    struct Answer {
        let status: Int
        let head: String
        let body: [UInt8]

        /// The value of a header field, nil when it is not there.
        subscript(_ name: String) -> String? {
            let lines = head.split(separator: "\r\n").dropFirst()
            let line = lines.first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }
            return line.map { String($0.dropFirst(name.count + 2)) }
        }

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// Starts a daemon whose first host is `a.test`, with a plain and an SSL port.
    ///
    /// - Parameters:
    ///   - keys: more keys of that host, `@` standing for the directory.
    ///   - ports: where it listens.
    ///   - server: keys of `[Server]`.
    ///   - others: more sections.
    ///   - files: documents by their path below the directory.
    ///   - launcher: words before those of the daemon.
    /// - Throws: what keeps it from starting.
    init(
        _ keys: String = "", ports: String = "BindNonPort=auto\nBindSslPort=auto",
        server: String = "", others: String = "",
        files: [String: String] = [:],
        launcher: (TemporaryDirectory) throws -> [String] = { _ in [] }
    ) throws {
        directory = try TemporaryDirectory()
        for folder in ["docs", "docs/sub", "well", "logs", "errors"] {
            guard unsafe mkdir(directory(folder), 0o755) == 0 else {
                throw TestFailure.last("mkdir")
            }
        }
        try directory.write("<h1>home</h1>\n", to: "docs/index.html")
        try directory.write(String(repeating: "0123456789", count: 100), to: "docs/thousand.txt")
        try directory.write("secret\n", to: "outside.txt")
        for (name, text) in files { try directory.write(text, to: name) }
        let place = directory.path
        let text = """
            [Server]
            \(server)

            [IcsHost1]
            Hosts=a.test
            BindIpAddr=127.0.0.1
            \(ports)
            Handler=web
            WebDocDir=\(place)/docs
            \(keys)

            \(others)
            """
        daemon = try DaemonProcess(
            text.replacing("@", with: place), in: directory, launcher: try launcher(directory))
    }

    /// Asks with curl.
    func curl(_ words: [String], path: String = "/", isTLS: Bool = false) throws -> Command {
        let port = isTLS ? try daemon.tlsPort() : try daemon.plainPort()
        let address = "\(isTLS ? "https" : "http")://a.test:\(port)\(path)"
        return try Command(
            ["curl", "-sSk", "--max-time", "30", "--resolve", "a.test:\(port):127.0.0.1"] + words
                + [address])
    }

    /// What curl prints of a format, the content aside.
    func curl(_ words: [String], path: String = "/", isTLS: Bool = false, tells format: String)
        throws -> String
    {
        try curl(
            words + ["-o", directory("out"), "-w", format], path: path, isTLS: isTLS
        ).output
    }

    /// Sends bytes and receives until the server closes.
    func raw(_ text: String) throws -> String { try raw(Array(text.utf8)) }

    func raw(_ bytes: [UInt8]) throws -> String {
        let client = try daemon.plainClient()
        try client.send(bytes)
        return String(decoding: try client.receiveAll(), as: UTF8.self)
    }

    /// Asks for a path on a connection of its own.
    func get(
        _ path: String, host: String = "a.test", method: String = "GET", _ fields: String...
    ) throws -> Answer {
        let lines = fields.map { $0 + "\r\n" }.joined()
        let bytes = Array(
            "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\(lines)\r\n".utf8)
        let client = try daemon.plainClient()
        try client.send(bytes)
        return try WebDaemon.answer(try client.receiveAll())
    }

    /// Takes an answer apart that ends with its connection.
    static func answer(_ bytes: [UInt8]) throws -> Answer {
        let blank = Array("\r\n\r\n".utf8)
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: blank) }) else {
            throw TestFailure("no head in \(String(decoding: bytes, as: UTF8.self))")
        }
        let head = String(decoding: bytes[..<end], as: UTF8.self)
        let words = head.split(separator: " ", maxSplits: 2)
        guard words.count > 1, words[0] == "HTTP/1.1", let status = Int(words[1]) else {
            throw TestFailure("no status line in \(head)")
        }
        return Answer(status: status, head: head, body: Array(bytes[(end + 4)...]))
    }
}
