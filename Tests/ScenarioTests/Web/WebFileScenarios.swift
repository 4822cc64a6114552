import Glibc
import TestSupport
import Testing

/// Files over HTTP, with curl and by hand.
@Suite struct WebFileScenarios {
    @Test(arguments: [false, true])
    func curlGetsAFileAndItsHead(_ isTLS: Bool) throws {
        let web = try WebDaemon()
        let body = try web.curl([], path: "/thousand.txt", isTLS: isTLS).output
        #expect(body == String(repeating: "0123456789", count: 100))
        let head = try web.curl(["-I"], path: "/thousand.txt", isTLS: isTLS).output
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(head.contains("Content-Length: 1000\r\n"))
        #expect(head.contains("Content-Type: text/plain\r\n"))
        #expect(head.contains("Server: icshostd\r\n"))
    }

    @Test func theRootShowsItsDocument() throws {
        let web = try WebDaemon("WebDefDoc=none.html, index.html")
        #expect(try web.curl([]).output == "<h1>home</h1>\n")
        #expect(try web.get("/sub").status == 301)
        #expect(try web.get("/sub?a=b")["location"] == "/sub/?a=b")
        #expect(try web.get("/sub/").status == 403)
        #expect(try web.get("/none").status == 404)
        #expect(try web.get("/index.html/").status == 404)
    }

    @Test(arguments: [
        ("0-0", "0", 206), ("10-12", "012", 206), ("995-", "56789", 206), ("-3", "789", 206),
        ("990-2000", "0123456789", 206), ("1000-", "", 416), ("5-4", "whole", 200),
        ("x", "whole", 200),
    ])
    func curlGetsARange(_ range: String, _ text: String, _ status: Int) throws {
        let web = try WebDaemon()
        let answer = try web.get("/thousand.txt", "Range: bytes=\(range)")
        #expect(answer.status == status)
        if status == 206 { #expect(answer.text == text) }
        if status == 200 { #expect(answer.body.count == 1_000) }
        if status == 416 { #expect(answer["content-range"] == "bytes */1000") }
    }

    @Test func severalRangesComeInParts() throws {
        let web = try WebDaemon()
        let answer = try web.get("/thousand.txt", "Range: bytes=0-1,5-6")
        let boundary = try #require(answer["content-type"]?.split(separator: "=").last)
        let part = "\r\n--\(boundary)\r\nContent-Type: text/plain\r\nContent-Range: bytes "
        #expect(
            answer.text == part + "0-1/1000\r\n\r\n01" + part
                + "5-6/1000\r\n\r\n56\r\n--\(boundary)--\r\n")
        #expect(answer["content-length"] == "\(answer.body.count)")
    }

    @Test(arguments: [false, true])
    func curlResumesALargeFile(_ isTLS: Bool) throws {
        let web = try WebDaemon()
        let size = 9 << 20
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 8) }
        try web.directory.write(bytes, to: "docs/large.bin")
        try web.directory.write(Array(bytes[..<100_000]), to: "part")
        let end = try web.curl(
            ["-C", "-", "-o", web.directory("part")], path: "/large.bin", isTLS: isTLS)
        #expect(end.end == .exited(0), "\(end.errors)")
        try Command.succeed(["cmp", web.directory("part"), web.directory("docs/large.bin")])
    }

    @Test func conditionsAreMet() throws {
        let web = try WebDaemon()
        let first = try web.get("/thousand.txt")
        let tag = try #require(first["etag"])
        let date = try #require(first["last-modified"])
        #expect(try web.get("/thousand.txt", "If-None-Match: \(tag)").status == 304)
        #expect(try web.get("/thousand.txt", "If-Modified-Since: \(date)").status == 304)
        #expect(try web.get("/thousand.txt", "If-Match: \"other\"").status == 412)
        #expect(
            try web.get("/thousand.txt", "If-Range: \(tag)", "Range: bytes=0-1").status == 206)
        #expect(
            try web.get("/thousand.txt", "If-Range: \"x\"", "Range: bytes=0-1").status == 200)
        let same = try web.get("/thousand.txt", "If-None-Match: \(tag)")
        #expect(same.body == [] && same["etag"] == tag && same["content-length"] == nil)
        // With curl's own words for it.
        let kept = web.directory("docs/thousand.txt")
        #expect(try web.curl(["-z", kept], path: "/thousand.txt", tells: "%{http_code}") == "304")
    }

    @Test func aChangedFileHasAnotherTag() throws {
        let web = try WebDaemon()
        let first = try web.get("/thousand.txt")["etag"]
        try web.directory.write("short", to: "docs/thousand.txt")
        // Looked at again at the latest when the second has passed.
        try waitUntil("the new content") { try web.get("/thousand.txt").text == "short" }
        // Each loop looks for itself.
        try waitUntil("another tag") { try web.get("/thousand.txt")["etag"] != first }
        #expect(unsafe unlink(web.directory("docs/thousand.txt")) == 0)
        try waitUntil("the end of it") { try web.get("/thousand.txt").status == 404 }
    }

    /// A release is put in place by turning a link.
    @Test func aDirectoryThatIsReplacedIsSeen() throws {
        let web = try WebDaemon(
            "WellKnownPath=@/well", files: ["docs/a.txt": "one", "well/a.txt": "one"])
        let paths = ["/a.txt", "/.well-known/a.txt"]
        for path in paths { #expect(try web.get(path).text == "one") }
        let steps = [
            ("two", "mv $d $d.1 && mkdir $d && printf two > $d/a.txt"),
            ("three", "mkdir $d.3 && printf three > $d.3/a.txt && mv $d $d.2 && ln -s $d.3 $d"),
            ("four", "mkdir $d.4 && printf four > $d.4/a.txt && ln -sfn $d.4 $d"),
        ]
        for (text, step) in steps {
            try Command.succeed([
                "sh", "-ec", "cd \(web.directory.path); for d in docs well; do \(step); done",
            ])
            for path in paths { try waitUntil(text) { try web.get(path).text == text } }
        }
    }

    @Test func aCompressedFileIsPreferredWhereItIsTaken() throws {
        let web = try WebDaemon(files: [
            "docs/a.txt.br": "B", "docs/a.txt.gz": "G", "docs/a.txt.zst": "Z", "docs/a.txt": "A",
        ])
        for (fields, text, coding) in [
            ("X: y", "A", nil), ("Accept-Encoding: gzip", "G", "gzip"),
            ("Accept-Encoding: gzip, br", "B", "br"),
            ("Accept-Encoding: br;q=0.1, gzip", "G", "gzip"),
            ("Accept-Encoding: zstd", "Z", "zstd"), ("Accept-Encoding: gzip, zstd", "Z", "zstd"),
            ("Accept-Encoding: deflate", "A", nil), ("Accept-Encoding: gzip;q=0", "A", nil),
        ] as [(String, String, String?)] {
            let answer = try web.get("/a.txt", fields)
            #expect(answer.text == text, "\(fields)")
            #expect(answer["content-encoding"] == coding)
            #expect(answer["content-type"] == "text/plain")
            #expect(answer["vary"] == "Accept-Encoding")
        }
        let tags = try ["gzip", "br", "x"].map {
            try web.get("/a.txt", "Accept-Encoding: \($0)")["etag"]
        }
        #expect(Set(tags).count == 3)
    }

    /// A client that takes nothing before something happens to its file, of which much is unsent.
    @Test(arguments: [false, true])
    func aFileThatShrinksEndsTheConnection(_ isTLS: Bool) throws {
        let web = try WebDaemon()
        try web.directory.write([UInt8](repeating: 1, count: 64 << 20), to: "docs/large.bin")
        let client: any TestClient =
            isTLS ? try web.daemon.tlsClient(name: "a.test") : try web.daemon.plainClient()
        try client.send("GET /large.bin HTTP/1.1\r\nHost: a.test\r\n\r\n")
        _ = try client.receive(atLeast: 1)
        #expect(unsafe truncate(web.directory("docs/large.bin"), 100) == 0)
        let rest = try client.receiveToEnd()
        #expect(rest.bytes.count < 64 << 20)
        // Not even whoever takes no notice of Content-Length takes it for the whole.
        #expect(!rest.isWhole)
        #expect(try web.get("/").status == 200)
    }

    @Test func aFileThatVanishesIsSentToItsEnd() throws {
        let web = try WebDaemon()
        try web.directory.write([UInt8](repeating: 1, count: 64 << 20), to: "docs/large.bin")
        let client = try web.daemon.plainClient()
        try client.send("GET /large.bin HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n")
        let first = try client.receive(atLeast: 1)
        #expect(unsafe unlink(web.directory("docs/large.bin")) == 0)
        let answer = try WebDaemon.answer(first + client.receiveAll())
        #expect(answer.body.count == 64 << 20)
    }

    /// Nobody may be kept waiting by the open of a pipe.
    @Test func whatIsNoFileIsRefused() throws {
        let web = try WebDaemon()
        #expect(unsafe mkfifo(web.directory("docs/pipe"), 0o644) == 0)
        let socket = try ChildProcess([
            "socat", "UNIX-LISTEN:\(web.directory("docs/socket"))", "STDOUT",
        ])
        try waitUntil("the socket") { unsafe access(web.directory("docs/socket"), F_OK) == 0 }
        for name in ["pipe", "socket"] { #expect(try web.get("/\(name)").status == 403) }
        withExtendedLifetime(socket) {}
    }

    @Test func withoutMemoryFilesAreServedAlike() throws {
        let web = try WebDaemon("WebCacheMB=0")
        for _ in 0..<3 {
            #expect(try web.get("/").text == "<h1>home</h1>\n")
            #expect(try web.get("/thousand.txt", "Range: bytes=10-12").text == "012")
        }
    }

    @Test func aListingIsOffUnlessAskedFor() throws {
        #expect(try WebDaemon().get("/sub/").status == 403)
        let web = try WebDaemon(
            "WebDirList=True", files: ["docs/sub/a&b <c>.txt": "1", "docs/sub/.hidden": "2"])
        let answer = try web.get("/sub/")
        #expect(answer.status == 200)
        #expect(answer.text.contains("<a href=\"./a&b%20%3Cc%3E.txt\">a&amp;b &lt;c>.txt</a>"))
        #expect(!answer.text.contains("hidden"))
        #expect(try web.get("/sub/a&b%20%3Cc%3E.txt").text == "1")
    }

    /// What keeps a file from being read is a record, and degrades the host; a missing one is not.
    @Test func whatCannotBeReadIsTold() throws {
        let web = try WebDaemon("WebErrorDir=@/errors", files: ["errors/404.html": "page"])
        #expect(try web.get("/none").status == 404)
        #expect(web.daemon.log("is degraded").isEmpty)
        let client = try web.daemon.plainClient()
        try client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")
        _ = try client.receive(atLeast: 1)
        // No descriptor is to be had any more.
        try Command.succeed(["prlimit", "--pid", "\(web.daemon.process.id)", "--nofile=3"])
        try client.send("GET /thousand.txt HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n")
        #expect(try client.receiveText().hasPrefix("HTTP/1.1 503 "))
        try web.daemon.wait("the record") {
            let records = web.daemon.log("is degraded").filter {
                $0.contains("docs/thousand.txt") && $0.contains("Too many open files")
            }
            return records.count == 1 && records[0].hasPrefix("warning: host IcsHost1 ")
        }
    }

    @Test func aListingHasNamesThatAreNotUTF8() throws {
        let web = try WebDaemon("WebDirList=True")
        try Command.succeed([
            "sh", "-c", "cd \(web.directory("docs/sub")) && printf 1 > $(printf 'a\\377b')",
        ])
        #expect(try web.get("/sub/").text.contains("<a href=\"./a%FFb\">a\u{FFFD}b</a>"))
        #expect(try web.get("/sub/a%FFb").text == "1")
    }

    /// Files with every time there is, and one of 8 EiB: the daemon serves on.
    @Test func noFileEndsTheDaemon() throws {
        let web = try WebDaemon("WebDirList=True\nWebLogDir=@/logs")
        let times = ["-9223372036854775808", "9223372036854775807", "-62135596801", "253402300800"]
        for time in times {
            try Command.succeed(["touch", "-d", "@\(time)", web.directory("docs/thousand.txt")])
            try Command.succeed([
                "cp", "-p", web.directory("docs/thousand.txt"), web.directory("docs/sub/\(time)"),
            ])
            // Looked at in another second than before.
            let answer = try web.get("/sub/\(time)")
            let date = try #require(answer["last-modified"])
            #expect(answer.status == 200 && date.utf8.count == 29)
            let range = try web.get("/sub/\(time)", "Range: bytes=0-1", "If-Range: \(date)")
            #expect([200, 206].contains(range.status))
            #expect(try web.get("/sub/\(time)", "If-Modified-Since: \(date)").status == 304)
            #expect(try web.get("/sub/\(time)", "If-Unmodified-Since: \(date)").status == 200)
        }
        #expect(try web.get("/sub/").text.contains(times[0]))
        let huge = try Command([
            "truncate", "-s", "9223372036854771712", web.directory("docs/huge"),
        ])
        if huge.end == .exited(0) {
            let half = 1 << 62
            let answer = try web.get(
                "/huge", method: "HEAD", "Range: bytes=0-\(half - 1),\(half)-")
            #expect(answer.status == 200)
            let client = try web.daemon.plainClient()
            try client.send(
                "GET /huge HTTP/1.1\r\nHost: a.test\r\nRange: bytes=0-\(half - 1),\(half)-\r\n\r\n")
            #expect(String(decoding: try client.receive(), as: UTF8.self).hasPrefix("HTTP/1.1 20"))
        }
        #expect(try web.get("/").status == 200)
    }

    @Test func errorsHaveTheirPages() throws {
        let web = try WebDaemon("WebErrorDir=@/errors", files: ["errors/404.html": "<p>not here"])
        let answer = try web.get("/none")
        #expect(answer.status == 404 && answer.text == "<p>not here")
        #expect(try web.get("/none", method: "HEAD").body == [])
        #expect(try web.get("/sub/").text.contains("403 Forbidden"))
    }

    @Test func headersAreAsTheFileSays() throws {
        let web = try WebDaemon(
            "ServerHeader=\nWebHeader=X-One: 1\nWebHeader=X-Two: a, b\nWebHsts=300\n"
                + "WebCacheControl=max-age=60")
        let answer = try web.get("/")
        #expect(answer["server"] == nil)
        #expect(answer["x-one"] == "1" && answer["x-two"] == "a, b")
        #expect(answer["cache-control"] == "max-age=60")
        #expect(answer["strict-transport-security"] == nil)
        #expect(try web.get("/none")["cache-control"] == nil)
        let secure = try web.curl(["-I"], isTLS: true).output
        #expect(secure.contains("Strict-Transport-Security: max-age=300\r\n"))
    }
}
