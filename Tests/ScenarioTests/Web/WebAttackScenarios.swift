import Glibc
import Platform
import TestSupport
import Testing

/// Clients that hold on to connections, beside those who only want a page.
@Suite struct WebAttackScenarios {
    /// The four attacks of slowhttptest(1): slow heads, slow contents, overlapping ranges, and
    /// answers that are read slowly.
    @Test(arguments: [
        ["-H", "-i", "1", "-x", "24"], ["-B", "-i", "1", "-s", "8192", "-x", "10"],
        ["-R", "-a", "5", "-b", "500", "-t", "HEAD"],
        ["-X", "-w", "512", "-y", "1024", "-n", "1", "-z", "32", "-k", "3"],
    ])
    func slowClientsKeepNobodyWaiting(_ attack: [String]) throws {
        let web = try WebDaemon("MaxRequestsKeepAlive=0")
        try web.directory.write([UInt8](repeating: 1, count: 1 << 20), to: "docs/large.bin")
        let port = try web.daemon.plainPort()
        let slow = try ChildProcess(
            ["slowhttptest", "-c", "200", "-r", "200", "-l", "4", "-p", "3"] + attack
                + ["-u", "http://127.0.0.1:\(port)/large.bin"])
        var requests = 0
        repeat {
            let answer = try web.get("/")
            #expect(answer.status == 200 && answer.text == "<h1>home</h1>\n")
            requests += 1
        } while slow.isRunning
        #expect(try slow.waitForEnd() == .exited(0), "\(slow.errors)")
        #expect(requests > 0)
    }

    @Test func aThousandIdleClientsCostNoTask() throws {
        _ = try FileLimit.raise()
        let web = try WebDaemon("KeepAliveTimeSec=600")
        let request = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"
        let clients = try (0..<1_000).map { _ in try web.daemon.plainClient() }
        for client in clients { try client.send(request) }
        for client in clients { _ = try client.receive(atLeast: 100) }
        for client in clients { try client.send(request) }
        for client in clients {
            let text = String(decoding: try client.receive(atLeast: 100), as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }
}
