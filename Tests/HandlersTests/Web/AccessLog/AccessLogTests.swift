import Files
import Foundation
import HandlerAPI
import HandlerTesting
import NetworkTypes
import TestSupport
import Testing

@testable import Handlers

/// The lines of access logs.
@Suite struct AccessLogTests {
    /// The lines of a log after a client has done what a script says, at 2001-09-09 01:46:40 UTC.
    private static func log(
        _ format: String, _ script: [ScriptStep], reopen: Bool = false
    ) async throws -> String {
        let site = try WebSite(["WebLogFormat": format, "WebLogDir": "/tmp/x"])
        return try await log(site, format, script)
    }

    private static func log(
        _ site: WebSite, _ format: String, _ script: [ScriptStep]
    ) async throws -> String {
        let directory = try TemporaryDirectory()
        let logged = try WebHandler(
            HandlerOptions(
                of: WebHandler.self,
                [
                    "WebDocDir": site.directory.path, "WebLogFormat": format,
                    "WebLogDir": "\(directory.path)/\"log\"",
                ]))
        let client = WebSite.client(script)
        _ = try await client.serve(with: logged)
        WebLoop.of(client.client).logWriter.writeAll()
        if format == "journal" { return client.records.map(\.message).joined(separator: "\n") }
        return try String(contentsOfFile: directory("log"), encoding: .utf8)
    }

    private static let request = ScriptStep.request(
        "GET /a%20b?x=\"y", "User-Agent: ä \"u\"\\", "Referer: http://r/ s")

    @Test func theCombinedFormatQuotesWhatClientsWrite() async throws {
        let text = try await Self.log("combined", [Self.request, .end])
        #expect(
            text
                == "192.0.2.1 - - [09/Sep/2001:01:46:40 +0000] \"GET /a%20b?x=\\\"y HTTP/1.1\" 404 "
                + "68 \"http://r/ s\" \"\\xC3\\xA4 \\\"u\\\"\\\\\"\n")
        let empty = try await Self.log("combined", [.request("GET /"), .end])
        #expect(empty.hasSuffix("\"GET / HTTP/1.1\" 200 5 \"-\" \"-\"\n"))
    }

    @Test func theFormatOfTheW3CHasAHeaderAndWords() async throws {
        let lines = try await Self.log("w3c", [Self.request, .end]).split(separator: "\n")
        #expect(lines.first == "#Software: icshostd" && lines.count == 4)
        let words = lines[3].split(separator: " ")
        #expect(words[0...1] == ["2001-09-09", "01:46:40"])
        #expect(words[2] == "Host1" && words[4] == "192.0.2.2")
        #expect(words[5...8] == ["GET", "/a%20b", "x=\"y", "80"])
        #expect(words[9...11] == ["-", "192.0.2.1", "HTTP/1.1"])
        #expect(words[12...14] == ["%C3%A4+\"u\"\\", "http://r/+s", "a.test"])
        #expect(words[15...16] == ["404", "68"])
        #expect(lines[2].split(separator: " ").count == words.count + 1)
    }

    @Test func aLineOfJSONIsAnObject() async throws {
        let text = try await Self.log("json", [Self.request, .end])
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["time"] as? String == "2001-09-09T01:46:40Z")
        #expect(object["site"] as? String == "Host1" && object["client"] as? String == "192.0.2.1")
        #expect(
            object["method"] as? String == "GET" && object["target"] as? String == "/a%20b?x=\"y")
        #expect(object["host"] as? String == "a.test" && object["version"] as? String == "1.1")
        #expect(object["userAgent"] as? String == "ä \"u\"\\")
        #expect(object["status"] as? Int == 404 && object["bytes"] as? Int == 68)
    }

    /// Nothing that a client writes changes what a terminal shows.
    @Test func aLineOfJSONEscapesWhatATerminalObeys() async throws {
        let text = try await Self.log(
            "json",
            [
                .request("GET /", "User-Agent: \u{9b}1m\u{202e}\u{2028}x", "Referer: \u{1f600}"),
                .end,
            ])
        #expect(text.contains("\"userAgent\":\"\\u009b1m\\u202e\\u2028x\""), "\(text)")
        #expect(text.contains("\"referer\":\"\u{1f600}\""))
    }

    @Test func theJournalGetsARecordOfTheClient() async throws {
        let text = try await Self.log(
            "journal", [.request("POST /?q", "Content-Length: 3"), .send("abc"), .end])
        #expect(text.hasPrefix("POST /?q HTTP/1.1 405 ") && text.hasSuffix(" us"))
    }

    @Test(arguments: [
        ("BREW", "\"-\" 400"), ("G T / HTTP/1.1\r\n", "\"G T / HTTP/1.1\" 400"),
        ("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "\"OPTIONS * HTTP/1.1\" 200"),
        ("GET /a HTTP/1.0\r\n\r\n", "\"GET /a HTTP/1.0\" 404"),
        ("GET /\(String(repeating: "a", count: 9_000))", "/aaa"),
        (
            "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
            "\"GET / HTTP/1.1\" 400"
        ),
    ])
    func whatIsRefusedHasALineToo(_ text: String, _ line: String) async throws {
        let script: [ScriptStep] =
            text == "BREW" ? [.send(text), .send("\r\n"), .end] : [.send(text), .end]
        #expect(try await Self.log("combined", script).contains(line))
    }

    @Test func aSlowHeadHasALineWithoutARequest() async throws {
        let text = try await Self.log("combined", [.send("GET"), .pass(.seconds(21))])
        #expect(text.contains("\"-\" 408 "))
    }

    @Test func aLargeFileHasItsLineOnceItIsSent() async throws {
        let site = try WebSite(files: ["large": String(repeating: "x", count: 100_000)])
        let script = [ScriptStep.request("GET /large"), .end]
        #expect(try await Self.log(site, "combined", script).contains(" 200 100000 "))
        let cut: [ScriptStep] = [
            .request("GET /"), .stopTaking, .request("GET /large"), .disconnect("gone"),
        ]
        let lines = try await Self.log(site, "combined", cut)
        #expect(lines.split(separator: "\n").count == 1, "\(lines)")
    }

    @Test func theFileIsOpenedAnewWhenItWasRenamed() async throws {
        let (site, directory) = (try WebSite(), try TemporaryDirectory())
        let handler = try WebHandler(
            HandlerOptions(
                of: WebHandler.self,
                [
                    "WebDocDir": site.directory.path, "WebLogFormat": "combined",
                    "WebLogDir": "\(directory.path)/\"log\"",
                ]))
        func lines(_ name: String) -> Int {
            let text = try? String(contentsOfFile: directory(name), encoding: .utf8)
            return text?.split(separator: "\n").count ?? 0
        }
        for number in 0..<3 {
            let client = WebSite.client([.request("GET /"), .end])
            _ = try await client.serve(with: handler)
            WebLoop.of(client.client).logWriter.writeAll()
            if number == 0 { try Command.succeed(["mv", directory("log"), directory("old")]) }
            if number == 1 {
                #expect(lines("old") == 2 && lines("log") == 0)
                handler.reopenLogs()
            }
        }
        #expect(lines("old") == 2 && lines("log") == 1)
    }

    @Test func aSiteWithoutALogKeepsNone() throws {
        #expect(try WebSite().handler.site.log == nil)
        try WebSite().handler.reopenLogs()
    }
}
