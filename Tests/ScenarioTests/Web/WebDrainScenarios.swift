import Glibc
import Platform
import TestSupport
import Testing

/// Web clients that are there when the server stops, or a reload changes their host.
@Suite struct WebDrainScenarios {
    /// What a client speaks and meets.
    enum Way: CaseIterable {
        case plain, tls, redirect
    }

    /// How the drain begins.
    enum Drain: CaseIterable {
        case stop, reload
    }

    private static let request = "GET /thousand.txt HTTP/1.1\r\nHost: a.test\r\n\r\n"

    private static func web(drainTimeout: String = "60") throws -> WebDaemon {
        try WebDaemon(
            server: "Workers=2\nDrainTimeout=\(drainTimeout)\nLogLevel=debug",
            others: """
                [Host2]
                Hosts=b.test
                HostTag=ELSEWHERE
                BindIpAddr=127.0.0.1
                BindNonPort=auto
                Handler=redirect
                WebRedirectURL=https://c.test%path%
                """)
    }

    private static func client(_ web: WebDaemon, _ way: Way) throws -> any TestClient {
        switch way {
        case .plain: try web.daemon.plainClient()
        case .tls: try web.daemon.tlsClient(name: "a.test")
        case .redirect:
            try PlainClient(to: "127.0.0.1", port: web.daemon.plainPort(1))
        }
    }

    /// Begins the drain, and waits until the loops have.
    private static func begin(_ drain: Drain, _ web: WebDaemon) throws {
        // A client at rest between two requests is let go, a second later.
        let witness = try web.daemon.plainClient()
        try witness.send(request)
        _ = try witness.receive(atLeast: 1_000)
        switch drain {
        case .stop:
            web.daemon.process.send(SIGTERM)
            try web.daemon.waitForLog("stopping on SIGTERM")
        case .reload:
            let path = web.daemon.directory("icshostd.conf")
            let text = try Command.succeed(["cat", path])
                .replacing("Handler=web", with: "Handler=web\nMaxRequestsKeepAlive=77")
                .replacing("Handler=redirect", with: "Handler=redirect\nMaxRequestsKeepAlive=77")
            try web.daemon.reload(text)
        }
        _ = try witness.receiveToEnd()
    }

    private static func check(_ answer: [UInt8], _ way: Way) {
        let text = String(decoding: answer, as: UTF8.self)
        #expect(text.hasPrefix(way == .redirect ? "HTTP/1.1 302 " : "HTTP/1.1 200 "))
        #expect(text.contains("Connection: close\r\n"))
    }

    @Test(arguments: Way.allCases, Drain.allCases)
    func aFirstRequestThatComesInTimeIsAnswered(_ way: Way, _ drain: Drain) throws {
        let web = try Self.web()
        let client = try Self.client(web, way)
        try web.daemon.waitForStatus("1 client")
        try Self.begin(drain, web)
        try client.send(Self.request)
        let end = try client.receiveToEnd()
        Self.check(end.bytes, way)
        #expect(end.isWhole)
    }

    @Test func aClientInItsHandshakeIsAnsweredToo() throws {
        let web = try Self.web()
        let socket = try PlainClient(to: "127.0.0.1", port: web.daemon.tlsPort())
        try web.daemon.waitForStatus("1 client")
        try Self.begin(.stop, web)
        let client = try TLSClient(over: socket, name: "a.test")
        try client.send(Self.request)
        Self.check(try client.receiveToEnd().bytes, .tls)
        #expect(try web.daemon.process.waitForEnd() == .exited(0))
    }

    @Test(arguments: Way.allCases)
    func whoNeverAsksIsCutInTime(_ way: Way) throws {
        let web = try Self.web(drainTimeout: "300ms")
        let client = try Self.client(web, way)
        try web.daemon.waitForStatus("1 client")
        #expect(try web.daemon.stop() == .exited(0))
        let end = try client.receiveToEnd()
        #expect(end.bytes == [] && end.isWhole)
    }

    /// The next request crosses the drain on its way: it is answered all the same.
    @Test(arguments: [Way.plain, .tls], Drain.allCases)
    func theNextRequestOfAClientIsAnsweredToo(_ way: Way, _ drain: Drain) throws {
        let web = try Self.web()
        let clients = try (0..<8).map { _ in try Self.client(web, way) }
        for client in clients {
            try client.send(Self.request)
            _ = try client.receive(atLeast: 1_000)
        }
        switch drain {
        case .stop:
            web.daemon.process.send(SIGTERM)
            for client in clients { try client.send(Self.request) }
        case .reload:
            try web.daemon.write(
                Command.succeed(["cat", web.daemon.directory("icshostd.conf")])
                    .replacing("Handler=web", with: "Handler=web\nMaxRequestsKeepAlive=77"))
            web.daemon.process.send(SIGHUP)
            try web.daemon.waitForLog("notice: reloaded: ")
            for client in clients { try client.send(Self.request) }
        }
        for client in clients {
            let end = try client.receiveToEnd()
            #expect(String(decoding: end.bytes, as: UTF8.self).hasPrefix("HTTP/1.1 200 "))
            #expect(end.bytes.count > 1_000 && end.isWhole)
        }
    }

    /// Reloads while clients ask without a pause: no request is lost.
    @Test(arguments: [false, true]) func reloadsUnderLoadLoseNoRequest(_ isTLS: Bool) throws {
        let web = try Self.web()
        let text = try Command.succeed(["cat", web.daemon.directory("icshostd.conf")])
        let (plainPort, tlsPort) = (try web.daemon.plainPort(), try web.daemon.tlsPort())
        let isOver = Lock(false)
        let (answers, losses) = (Lock(0), Lock<[String]>([]))
        let threads = try (0..<4).map { _ in
            try Platform.Thread(name: "clients") {
                while !isOver.withLock({ $0 }) {
                    do {
                        let client: any TestClient =
                            isTLS
                            ? try TLSClient(to: "127.0.0.1", port: tlsPort, name: "a.test")
                            : try PlainClient(to: "127.0.0.1", port: plainPort)
                        while true {
                            try client.send(Self.request)
                            let answer = try client.receive(atLeast: 1_000)
                            guard answer.count >= 1_000 else { throw TestFailure("cut short") }
                            answers.withLock { $0 += 1 }
                            let head = String(decoding: answer.prefix(400), as: UTF8.self)
                            if head.contains("Connection: close\r\n") { break }
                            if isOver.withLock({ $0 }) { return }
                        }
                    } catch {
                        losses.withLock { $0.append("\(error)") }
                    }
                }
            }
        }
        for round in 1...10 {
            let before = answers.withLock { $0 }
            try web.daemon.reload(
                text.replacing(
                    "Handler=web", with: "Handler=web\nMaxRequestsKeepAlive=\(10_000 + round)"))
            try waitUntil("more answers") { answers.withLock { $0 } > before + 100 }
        }
        isOver.withLock { $0 = true }
        for thread in threads { thread.join() }
        #expect(losses.withLock { $0 } == [])
    }
}
