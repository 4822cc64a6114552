import Glibc
import TestSupport
import Testing

/// Methods, contents and connections.
@Suite struct WebMethodScenarios {
    private static let close = "Host: a.test\r\nConnection: close\r\n\r\n"

    @Test func methodsHaveTheirAnswers() throws {
        let web = try WebDaemon()
        for (method, status) in [
            ("GET", 200), ("HEAD", 200), ("OPTIONS", 200), ("DELETE", 405), ("TRACE", 405),
            ("BREW", 501), ("POST", 411), ("PUT", 411),
        ] {
            #expect(try web.get("/", method: method).status == status, "\(method)")
        }
        #expect(try web.get("/", method: "DELETE")["allow"] == "GET, HEAD, OPTIONS")
        #expect(try web.get("/", method: "POST", "Content-Length: 0").status == 405)
        #expect(try web.get("*", method: "OPTIONS")["allow"] == "GET, HEAD, OPTIONS")
        #expect(try web.get("a:80", method: "CONNECT").status == 405)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/2.0\r\n\r\n", 505), ("GET\r\n\r\n", 400),
        ("GET /\(String(repeating: "a", count: 9_000)) HTTP/1.1\r\n", 414),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 9_000))\r\n", 431),
        ("GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n", 417),
        ("GET /.. HTTP/1.1\r\n" + close, 400), ("GET /%zz HTTP/1.1\r\n" + close, 400),
        ("POST / HTTP/1.1\r\nContent-Length: 9999999999\r\n" + close, 413),
        ("\u{1}\u{3}\u{1}\u{2}\u{0}", 400),
    ])
    func mistakesHaveTheirAnswers(_ request: String, _ status: Int) throws {
        let web = try WebDaemon()
        let answer = try web.raw(request)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(80))")
        #expect(answer.contains("Connection: close\r\n"))
    }

    @Test func aHundredPipelinedRequestsAreAnsweredInOrder() throws {
        let web = try WebDaemon("MaxRequestsKeepAlive=0")
        let requests = (0..<100).map { number in
            "GET \(number.isMultiple(of: 2) ? "/" : "/none\(number)") HTTP/1.1\r\nHost: a.test\r\n\r\n"
        }
        let client = try web.daemon.plainClient()
        try client.send(requests.joined() + "HEAD / HTTP/1.1\r\n" + Self.close)
        let text = try client.receiveText()
        let statuses = text.split(separator: "HTTP/1.1 ").map { $0.prefix(3) }
        #expect(statuses.count == 101)
        for (index, status) in statuses.enumerated() {
            #expect(status == (index.isMultiple(of: 2) ? "200" : "404"), "\(index)")
        }
    }

    @Test func requestsThatComeByteByByteAreAnswered() throws {
        let web = try WebDaemon()
        let client = try web.daemon.plainClient()
        for byte in Array(
            ("GET / HTTP/1.1\r\nHost: a.test\r\n\r\nGET /none HTTP/1.1\r\n" + Self.close).utf8)
        {
            try client.send([byte])
            try web.daemon.wait("the byte is taken") { try client.isSendQueueEmpty }
        }
        let text = try client.receiveText()
        #expect(text.contains("<h1>home</h1>\n"))
        #expect(text.contains("HTTP/1.1 404 "))
    }

    @Test func largeFilesAndSmallOnesArePipelined() throws {
        let web = try WebDaemon()
        let large = [UInt8](repeating: UInt8(ascii: "x"), count: 2 << 20)
        try web.directory.write(large, to: "docs/large.bin")
        let (first, second) = ("GET /large.bin HTTP/1.1\r\n", "GET / HTTP/1.1\r\n")
        let pair = first + "Host: a.test\r\n\r\n" + second + "Host: a.test\r\n\r\n"
        let client = try web.daemon.plainClient()
        try client.send(pair + pair + pair + second + Self.close)
        let text = try client.receiveAll()
        #expect(text.count { $0 == UInt8(ascii: "x") } >= 6 << 20)
        #expect(String(decoding: text.suffix(14), as: UTF8.self) == "<h1>home</h1>\n")
    }

    @Test func contentsAreReadAndTheNextRequestIsFound() throws {
        let web = try WebDaemon()
        let chunked =
            "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "5\r\nGET /\r\n0\r\nX: y\r\n\r\n"
        let plain = "DELETE / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nGET /"
        let text = try web.raw(chunked + plain + "GET /none HTTP/1.1\r\n" + Self.close)
        #expect(text.split(separator: "HTTP/1.1 ").map { $0.prefix(3) } == ["405", "405", "404"])
    }

    @Test func curlUploadsAndIsRefused() throws {
        let web = try WebDaemon()
        try web.directory.write([UInt8](repeating: 7, count: 3 << 20), to: "upload")
        // curl asks for permission before it sends as much as this.
        let put = try web.curl(
            ["-T", web.directory("upload")], path: "/x", tells: "%{http_code} %{size_upload}")
        #expect(put == "405 0")
        let post = try web.curl(
            ["-H", "Expect:", "--data-binary", "@" + web.directory("upload")], path: "/x",
            tells: "%{http_code} %{size_upload}")
        #expect(post == "405 \(3 << 20)")
    }

    @Test func permissionIsGivenWhereTheContentIsRead() throws {
        let web = try WebDaemon()
        let client = try web.daemon.plainClient()
        try client.send(
            "GET / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\nExpect: 100-continue\r\n"
                + "Connection: close\r\n\r\n")
        let first = try client.receive(atLeast: 25)
        #expect(first == Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
        try client.send("abc")
        #expect(try client.receiveText().hasPrefix("HTTP/1.1 200 OK\r\n"))
    }

    @Test func anUploadHasALimit() throws {
        let web = try WebDaemon("MaxUploadMB=1")
        try web.directory.write([UInt8](repeating: 7, count: (1 << 20) + 1), to: "upload")
        for coding in ["Expect:", "Transfer-Encoding: chunked"] {
            let status = try web.curl(
                [
                    "-X", "POST", "-H", "Expect:", "-H", coding, "--data-binary",
                    "@" + web.directory("upload"),
                ], tells: "%{http_code}")
            #expect(status == "413", "\(coding)")
        }
    }

    /// 200 bytes of extension for each byte of content.
    @Test func extensionsOfChunksCountAsContent() throws {
        let web = try WebDaemon("MaxUploadMB=1")
        let head = "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n"
        let chunk = "1;" + String(repeating: "x", count: 200) + "\r\na\r\n"
        let text = try web.raw(head + String(repeating: chunk, count: 6_000) + "0\r\n\r\n")
        #expect(text.hasPrefix("HTTP/1.1 413 "))
    }

    @Test(arguments: ["Content-Length: \(8 << 20)", "Transfer-Encoding: chunked"])
    func anUploadThatIsRefusedCanBeSentToItsEnd(_ framing: String) throws {
        let web = try WebDaemon("MaxUploadMB=1")
        let client = try web.daemon.plainClient()
        let head = "POST / HTTP/1.1\r\nHost: a.test\r\n\(framing)\r\n\r\n800000\r\n"
        try client.send(Array(head.utf8) + [UInt8](repeating: 7, count: 8 << 20))
        #expect(try client.receiveText().hasPrefix("HTTP/1.1 413 "))
    }

    @Test func whatFollowsTheLastRequestDoesNotDestroyItsAnswer() throws {
        let web = try WebDaemon()
        let client = try web.daemon.plainClient()
        let request = "GET / HTTP/1.1\r\n" + Self.close
        try client.send(Array(request.utf8) + [UInt8](repeating: 7, count: 8 << 20))
        #expect(try client.receiveText().hasSuffix("<h1>home</h1>\n"))
    }

    @Test func anOldClientIsClosedUnlessItAsks() throws {
        let web = try WebDaemon()
        let old = try web.raw("GET / HTTP/1.0\r\n\r\n")
        #expect(old.hasPrefix("HTTP/1.1 200 OK\r\n") && old.contains("Connection: close\r\n"))
        let curl = try web.curl(["--http1.0"]).output
        #expect(curl == "<h1>home</h1>\n")
        let client = try web.daemon.plainClient()
        try client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        let first = try client.receive(atLeast: 200)
        #expect(String(decoding: first, as: UTF8.self).contains("Connection: keep-alive\r\n"))
        try client.send("GET / HTTP/1.0\r\n\r\n")
        #expect(try client.receiveText().contains("<h1>home</h1>"))
    }

    @Test func aConnectionHasALimitOfRequests() throws {
        let web = try WebDaemon("MaxRequestsKeepAlive=3")
        let request = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"
        let text = try web.raw(String(repeating: request, count: 5))
        #expect(text.split(separator: "HTTP/1.1 200").count == 3)
        let client = try web.daemon.plainClient()
        for _ in 0..<3 {
            // Each finds the client at rest.
            try client.send(request)
            _ = try client.receive(atLeast: 100)
        }
        #expect(try client.receiveAll().isEmpty)
    }

    @Test func clientsThatTakeTooLongAreClosed() throws {
        let web = try WebDaemon(
            "KeepAliveTimeSec=1\nWebHeaderTimeout=1\nWebMinBodyRate=0\n"
                + "KeepAliveTimeXferSec=1")
        let silent = try web.daemon.plainClient()
        let idle = try web.daemon.plainClient()
        try idle.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")
        let slow = try web.daemon.plainClient()
        try slow.send("GET / HTTP/1.1\r\nHost: a.t")
        let stalled = try web.daemon.plainClient()
        try stalled.send("GET / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 9\r\n\r\n1")
        #expect(try silent.receiveAll() == [])
        #expect(try idle.receiveText().hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(try slow.receiveText().hasPrefix("HTTP/1.1 408 "))
        #expect(try stalled.receiveText().hasPrefix("HTTP/1.1 408 "))
    }

    @Test func whatTheServerSaysHoldsForHostsThatSayNothing() throws {
        let request = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"
        for (keys, count) in [("", 2), ("MaxRequestsKeepAlive=4", 4)] {
            let web = try WebDaemon(keys, server: "MaxRequestsKeepAlive=2")
            let text = try web.raw(String(repeating: request, count: 6))
            #expect(text.split(separator: "HTTP/1.1 200").count == count)
        }
        let web = try WebDaemon(server: "KeepAliveTimeSec=0")
        #expect(try web.raw(request).contains("Connection: close\r\n"))
    }

    /// It is the rate that ends a body that goes on and on, not a pause.
    @Test func aBodyHasAMinimumRate() throws {
        func send(_ rate: Int) throws -> String {
            let web = try WebDaemon(
                "WebHeaderTimeout=1\nWebMinBodyRate=\(rate)\nKeepAliveTimeXferSec=60")
            let client = try web.daemon.plainClient()
            let count = 40
            try client.send(
                "DELETE / HTTP/1.1\r\nHost: a.test\r\nContent-Length: \(count)\r\n"
                    + "Connection: close\r\n\r\n")
            for _ in 0..<count {
                // 50 ms between two bytes: 2 s in all, unless the server has something to say.
                var entry = pollfd(fd: client.descriptor, events: Int16(POLLIN), revents: 0)
                if unsafe poll(&entry, 1, 50) > 0 { break }
                try client.send("x")
            }
            return try client.receiveText()
        }
        let slow = try send(1_000_000)
        #expect(slow.hasPrefix("HTTP/1.1 408 "), "\(slow)")
        // Each byte earns a second.
        for rate in [0, 1] {
            let answer = try send(rate)
            #expect(answer.hasPrefix("HTTP/1.1 405 "), "\(answer)")
        }
    }

    @Test func aFullHouseSays503() throws {
        let web = try WebDaemon(server: "MaxClients=1\nBanner=Welcome")
        let first = try web.daemon.plainClient()
        try first.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")
        let answer = String(decoding: try first.receive(atLeast: 100), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"), "no banner goes before it")
        let second = try web.daemon.plainClient()
        let refusal = try second.receiveText()
        #expect(refusal.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
        #expect(refusal.contains("Retry-After: 5\r\n"))
    }
}
