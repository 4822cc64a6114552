import Glibc
import TestSupport
import Testing

/// Access logs in all formats.
@Suite struct WebLogScenarios {
    /// The lines of the logs of a daemon, as soon as there are so many.
    private func lines(_ web: WebDaemon, _ name: String, count: Int) throws -> [String] {
        var lines: [String] = []
        try waitUntil("\(count) lines in the log: \(lines)") {
            let text = try Command(["sh", "-c", "cat \(web.directory("logs"))/\(name)"]).output
            lines = text.split(separator: "\n").map(String.init)
            return lines.count >= count
        }
        return lines
    }

    @Test func theW3CFormatHasTheFieldsOfICS() throws {
        let web = try WebDaemon("WebLogDir=@/logs")
        _ = try web.get("/thousand.txt?q=1", "User-Agent: a b", "Referer: http://r/")
        let lines = try lines(web, "webapp-*.log", count: 4)
        let fields = lines[2].split(separator: " ").dropFirst()
        let words = lines[3].split(separator: " ")
        #expect(fields.count == words.count)
        let record = Dictionary(uniqueKeysWithValues: zip(fields, words))
        #expect(record["s-sitename"] == "IcsHost1" && record["cs-method"] == "GET")
        #expect(record["cs-uri-stem"] == "/thousand.txt" && record["cs-uri-query"] == "q=1")
        #expect(record["cs(User-Agent)"] == "a+b" && record["cs(Referer)"] == "http://r/")
        #expect(record["sc-status"] == "200" && record["sc-bytes"] == "1000")
        #expect(record["c-ip"] == "127.0.0.1" && record["cs-host"] == "a.test")
        #expect(record["s-port"] == "\(try web.daemon.plainPort())"[...])
    }

    @Test func aMaskNamesTheFile() throws {
        let web = try WebDaemon("WebLogDir=@/logs/\"site-\"yymmdd\".txt\"")
        _ = try web.get("/")
        #expect(try lines(web, "site-[0-9][0-9][0-9][0-9][0-9][0-9].txt", count: 4).count == 4)
    }

    @Test func combinedLinesCannotBeForged() throws {
        let web = try WebDaemon("WebLogDir=@/logs\nWebLogFormat=combined")
        _ = try web.get("/?\"x", "User-Agent: \" 200 1 \"a\\", "Referer: \u{9b}\t")
        let line = try lines(web, "*.log", count: 1)[0]
        #expect(
            try #/127\.0\.0\.1 - - \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000\] .*/#.wholeMatch(
                in: line)
                != nil, "\(line)")
        let end = #""GET /?\"x HTTP/1.1" 200 14 "\xC2\x9B" "\" 200 1 \"a\\""#
        #expect(line.hasSuffix(end), "\(line)")
    }

    @Test func jsonLinesAreJSON() throws {
        let web = try WebDaemon("WebLogDir=@/logs\nWebLogFormat=json")
        _ = try web.get("/none", "User-Agent: \"\\\t")
        let line = try lines(web, "*.log", count: 1)[0]
        #expect(
            line.contains(#""userAgent":"\"\\","#) && line.contains(#""status":404"#), "\(line)")
        let check = try Command(
            ["python3", "-c", "import json,sys; json.loads(sys.stdin.read())"],
            input: Array(line.utf8))
        #expect(check.end == .exited(0), "\(check.errors)")
    }

    @Test func jsonLinesHaveNothingThatATerminalObeys() throws {
        let web = try WebDaemon("WebLogDir=@/logs\nWebLogFormat=json")
        let bad = "\u{9b}\u{202e}\u{2066}\u{2028}\u{e0041}\u{feff}\u{7f}"
        let fine = "\u{e4}\u{20ac}\u{1f600}"
        _ = try web.raw(
            "GET /\(bad.dropLast())\(fine) HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n"
                + "User-Agent: \(bad.dropLast())\(fine)\r\n\r\n")
        let line = try lines(web, "*.log", count: 1)[0]
        #expect(bad.unicodeScalars.allSatisfy { !line.unicodeScalars.contains($0) }, "\(line)")
        #expect(
            line.contains("\\u009b\\u202e\\u2066\\u2028\\udb40\\udc41\\ufeff\(fine)"), "\(line)")
    }

    @Test func aBadTargetIsLogged() throws {
        let web = try WebDaemon("WebLogDir=@/logs\nWebLogFormat=combined")
        _ = try web.raw("GET /a#b HTTP/1.1\r\nHost: a.test\r\n\r\n")
        #expect(try lines(web, "*.log", count: 1)[0].contains("\"GET /a#b HTTP/1.1\" 400 "))
    }

    @Test func aFIFOStopsNoOtherLog() throws {
        let port = try ReservedPort()
        let web = try WebDaemon(
            "WebLogDir=@/logs/\"it\"\nWebLogFormat=combined", ports: "BindNonPort=\(port.number)",
            others: """
                [IcsHost2]
                Hosts=b.test
                BindIpAddr=127.0.0.1
                BindNonPort=\(port.number)
                Handler=web
                WebDocDir=@/docs
                WebLogDir=@/logs/"other"
                WebLogFormat=combined
                """)
        #expect(unsafe mkfifo(web.directory("logs/it"), 0o644) == 0)
        let fault =
            "the access log cannot be written: \(web.directory("logs/it")): it is not a regular file"
        try waitUntil("the record") {
            _ = try web.get("/")
            return !web.daemon.log(fault).isEmpty
        }
        _ = try web.get("/", host: "b.test")
        #expect(try lines(web, "other", count: 1).count == 1)
        let check = try Icshostd.run("check", "--config", web.directory("icshostd.conf"))
        #expect(check.errors.contains("it is not a regular file: remove it"), "\(check.errors)")
    }

    @Test func theJournalGetsRecords() throws {
        let web = try WebDaemon("WebLogFormat=journal")
        _ = try web.get("/thousand.txt")
        try web.daemon.waitForLog("GET /thousand.txt HTTP/1.1 200 1000")
    }

    @Test func aSignalOpensTheLogAnew() throws {
        let web = try WebDaemon("WebLogDir=@/logs\nWebLogFormat=combined")
        _ = try web.get("/1")
        _ = try lines(web, "webapp-*.log", count: 1)
        try Command.succeed([
            "sh", "-c", "cd \(web.directory("logs")) && for f in *; do mv $f old; done",
        ])
        web.daemon.process.send(SIGUSR1)
        try web.daemon.waitForLog("access logs are opened anew")
        _ = try web.get("/2")
        #expect(try lines(web, "webapp-*.log", count: 1)[0].contains("GET /2 "))
        #expect(try lines(web, "old", count: 1).count == 1)
    }

    @Test func aLogThatCannotBeWrittenStopsNobody() throws {
        let web = try WebDaemon(
            "WebLogDir=@/nowhere\nWebLogFormat=combined\nMaxRequestsKeepAlive=0")
        try waitUntil("the complaint") {
            let status = try web.get("/").status
            #expect(status == 200)
            return !web.daemon.log("the access log cannot be written").isEmpty
        }
        for _ in 0..<20 { #expect(try web.get("/").status == 200) }
        let complaints = web.daemon.log("the access log cannot be written")
        #expect(complaints.count == 1)
        #expect(complaints[0].hasPrefix("error: host IcsHost1 is degraded: "), "\(complaints)")
    }

    @Test(arguments: [
        ("nowhere", "No such file or directory"), ("outside.txt", "Not a directory"),
    ])
    func aDirectoryThatIsNoneIsTold(_ name: String, _ reason: String) throws {
        let web = try WebDaemon("WebLogDir=@/\(name)", ports: "BindNonPort=auto")
        let message = "IcsHost1: WebLogDir: \(web.directory(name)): \(reason)"
        try web.daemon.waitForLog(message)
        let file = web.directory("icshostd.conf")
        let check = try Icshostd.run("check", "--config", file)
        #expect(check.end == .exited(0))
        #expect(check.errors.contains("\(file):10:11: warning: \(message)"), "\(check.errors)")
        // The host serves all the same.
        #expect(try web.get("/").status == 200)
    }

    private static let isolate = geteuid() == 0 ? ["unshare", "-m"] : ["unshare", "-rm"]

    private static var mayMount: Bool {
        (try? Command(isolate + ["mount", "-t", "tmpfs", "tmpfs", "/mnt"]).end == .exited(0))
            ?? false
    }

    /// The log has a disk of its own, of 16 pages, which the test fills and makes room on.
    @Test(.enabled(if: mayMount, "no mount namespace can be made"))
    func aFullDiskStopsNobodyAndIsToldOnce() throws {
        let web = try WebDaemon(
            "WebLogDir=@/logs\nWebLogFormat=combined\nMaxRequestsKeepAlive=0",
            launcher: { directory in
                Self.isolate + [
                    "sh", "-c", "mount -t tmpfs -o size=64k tmpfs \"$1\" && shift && exec \"$@\"",
                    "sh", directory("logs"),
                ]
            })
        // As the daemon sees it.
        let logs = "/proc/\(web.daemon.process.id)/root\(web.directory("logs"))"
        func text() throws -> String {
            try Command(["sh", "-c", "cat \(logs)/*.log"]).output
        }
        _ = try web.get("/?first")
        try waitUntil("the first line") { try text().contains("GET /?first HTTP") }
        _ = try Command(["dd", "if=/dev/zero", "of=\(logs)/filler", "bs=4096", "count=20"])
        var asked = 0
        func ask() throws {
            #expect(try web.get("/?n=\(asked)").status == 200)
            asked += 1
        }
        let complaint = "the access log cannot be written: "
        try web.daemon.wait("the complaint") {
            try ask()
            return !web.daemon.log(complaint).isEmpty
        }
        for _ in 0..<50 { try ask() }
        try Command.succeed(["rm", "\(logs)/filler"])
        let recovery = "the access log is written again: "
        try web.daemon.wait("the recovery") {
            try ask()
            return !web.daemon.log(recovery).isEmpty
        }
        #expect(web.daemon.log(complaint).count == 1 && web.daemon.log(recovery).count == 1)
        #expect(web.daemon.log(complaint)[0].contains("No space left on device"))
        _ = try web.get("/?last")
        try waitUntil("the last line") { try text().contains("GET /?last HTTP") }
        // Each line is whole, and what is not there was counted.
        let lines = try text().split(separator: "\n")
        for line in lines {
            #expect(line.hasPrefix("127.0.0.1 - - [") && line.hasSuffix(" 200 14 \"-\" \"-\""))
        }
        let lost = asked + 2 - lines.count
        #expect(web.daemon.log(recovery)[0].contains(": lost lines: \(lost)"), "\(lost)")
    }

    @Test func allThatWasAnsweredIsLoggedAtTheEnd() throws {
        let web = try WebDaemon("WebLogDir=@/logs\nWebLogFormat=combined")
        for _ in 0..<10 { _ = try web.get("/") }
        #expect(try web.daemon.stop() == .exited(0))
        #expect(try lines(web, "webapp-*.log", count: 10).count == 10)
    }
}
