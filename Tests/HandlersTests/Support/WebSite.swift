import Files
import HandlerAPI
import HandlerTesting
import TestSupport

@testable import Handlers

/// A web host on a temporary directory, whose clients are scripts.
struct WebSite {
    let directory: TemporaryDirectory
    let handler: WebHandler

    /// Serves the files of a new directory.
    init(
        _ texts: [String: String] = [:], files: [String: String] = ["index.html": "home\n"],
        tlsPort: Int? = nil, requiresTLS: Bool = false
    ) throws {
        directory = try TemporaryDirectory()
        for (name, text) in files {
            let folders = name.split(separator: "/").dropLast()
            if !folders.isEmpty {
                try Command.succeed(["mkdir", "-p", directory(folders.joined(separator: "/"))])
            }
            try directory.write(text, to: name)
        }
        var texts = texts
        texts["WebDocDir"] = directory.path
        for key in ["WebErrorDir", "WellKnownPath"] {
            if let name = texts[key] { texts[key] = directory(name) }
        }
        handler = try WebHandler(
            HandlerOptions(
                of: WebHandler.self, texts, tlsPort: tlsPort, requiresTLS: requiresTLS))
    }

    /// What a client got that did what a script says.
    func answers(
        to script: [ScriptStep], facts: ClientFacts = ClientFacts(), toHead: Bool = false
    ) async throws -> [WebAnswer] {
        let client = ScriptedClient(script, facts: facts)
        _ = try await client.serve(with: handler)
        return try WebAnswer.all(in: client.output, toHead: toHead)
    }

    /// The answer to one request, after which the client ends its side.
    func answer(
        _ line: String, _ fields: String..., facts: ClientFacts = ClientFacts()
    ) async throws -> WebAnswer {
        let request = ([line + " HTTP/1.1", "Host: a.test"] + fields).map { "\($0)\r\n" }.joined()
        let answers = try await answers(
            to: [.send(request + "\r\n"), .end], facts: facts, toHead: line.hasPrefix("HEAD "))
        guard answers.count == 1 else { throw TestFailure("\(answers.count) answers") }
        return answers[0]
    }

    /// A client for which no time passes on the wall clock.
    static func client(
        _ script: [ScriptStep], facts: ClientFacts = ClientFacts(), second: Int = 1_000_000_000
    ) -> ScriptedClient {
        let client = ScriptedClient(script, facts: facts)
        client.client.loopLocals[ObjectIdentifier(WebLoop.self)] = WebLoop(logWriter: LogWriter()) {
            second
        }
        return client
    }

    /// The facts of a client over TLS.
    static var overTLS: ClientFacts {
        var facts = ClientFacts()
        facts.tlsVersion = "TLSv1.3"
        return facts
    }
}

/// An answer of HTTP/1.
struct WebAnswer {
    let status: Int
    let fields: [(name: String, value: String)]
    let body: String

    /// Whether it is the last one of its connection.
    var closes: Bool { self["connection"] == "close" }

    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// Reads all answers; what is none throws.
    static func all(in bytes: [UInt8], toHead: Bool = false) throws -> [WebAnswer] {
        var (answers, rest): ([WebAnswer], ArraySlice<UInt8>) = ([], bytes[...])
        while !rest.isEmpty {
            guard
                let end = rest.indices.first(where: { rest[$0...].starts(with: [13, 10, 13, 10]) })
            else { throw TestFailure("no end of a head: \(String(decoding: rest, as: UTF8.self))") }
            let lines = String(decoding: rest[..<end], as: UTF8.self).split(separator: "\r\n")
            guard let line = lines.first, line.hasPrefix("HTTP/1.1 "),
                let status = Int(line.dropFirst(9).prefix(3))
            else { throw TestFailure("no status: \(lines)") }
            let fields = lines.dropFirst().map { line in
                let parts = line.split(separator: ":", maxSplits: 1)
                return (
                    name: parts[0].lowercased(),
                    value: parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
                )
            }
            rest = rest[(end + 4)...]
            let length = fields.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
            let body = rest.prefix(toHead ? 0 : length)
            rest = rest.dropFirst(body.count)
            answers.append(
                WebAnswer(
                    status: status, fields: fields, body: String(decoding: body, as: UTF8.self)))
        }
        return answers
    }
}

extension ScriptStep {
    /// Sends text.
    static func request(_ line: String, _ fields: String...) -> ScriptStep {
        let lines = ["\(line) HTTP/1.1", "Host: a.test"] + fields
        return .send(lines.map { "\($0)\r\n" }.joined() + "\r\n")
    }
}
