import Files
import TestSupport
import Testing

/// Masks of log names, as ICS writes them.
@Suite struct LogNameTests {
    @Test(arguments: [
        ("/logs", #"/logs/webapp-\d{8}\.log"#), ("/logs/", #"/logs/webapp-\d{8}\.log"#),
        ("/logs/\"webapp-\"yyyymmdd\".log\"", #"/logs/webapp-\d{8}\.log"#),
        ("/logs/\"a\"yy-mm-dd_hhnn\".txt\"", #"/logs/a\d\d-\d\d-\d\d_\d{4}\.txt"#),
        ("/logs/'x'YYYY\".log\"", #"/logs/x\d{4}\.log"#), ("/a b/\"same.log\"", "/a b/same\\.log"),
    ])
    func namesAFile(_ mask: String, _ pattern: String) throws {
        let name = try #require(LogName(mask))
        #expect(try Regex(pattern).wholeMatch(in: name.path(at: 1_800_000_000)) != nil)
    }

    @Test(arguments: [
        ("web", #"/base/web/webapp-\d{8}\.log"#), ("\"a.log\"", #"/base/a\.log"#),
        ("a/b/\"c.log\"", #"/base/a/b/c\.log"#), (".", #"/base/\./webapp-\d{8}\.log"#),
    ])
    func aRelativeOneIsBelowTheDirectoryOfLogs(_ mask: String, _ pattern: String) throws {
        let name = try #require(LogName(mask, below: "/base"))
        #expect(try Regex(pattern).wholeMatch(in: name.path(at: 1_800_000_000)) != nil)
    }

    @Test func whatIsMissingBelowTheDirectoryOfLogsIsMadeWithTheFirstLine() throws {
        let directory = try TemporaryDirectory()
        let name = try #require(LogName("a/b/\"c.log\"", below: directory.path))
        #expect(name.trouble(for: "x") == nil)
        do {
            let log = LogFile(name, header: [], owner: "HOST")
            log.append(Array("a line\n".utf8), by: LogWriter())
        }
        // The thread that writes all logs may have it still.
        try waitUntil("the line") {
            try Command(["cat", directory("a/b/c.log")]).output == "a line\n"
        }
        let absent = try #require(LogName("a/\"c.log\"", below: directory("none")))
        #expect(
            absent.trouble(for: "x")
                == "\(directory("none")): No such file or directory for user x: "
                + "make it: install -d -o x '\(directory("none"))'")
        let other = try #require(LogName(directory("a/x/\"c.log\"")))
        #expect(
            other.trouble(for: "x") == "\(directory("a/x")): No such file or directory for user x: "
                + "make it: install -d -o x '\(directory("a/x"))'")
    }

    @Test func aDayLaterItIsAnother() throws {
        let name = try #require(LogName("/logs"))
        #expect(name.path(at: 1_800_000_000) != name.path(at: 1_800_086_400))
    }

    @Test(arguments: [
        "/logs/\"a\"xyz", "/logs/\"a", "/logs/\"a/../b\"", "/logs/\"a\"yyyy/\"b\"", "../logs",
        "a/../../\"b\"",
    ])
    func refuses(_ mask: String) {
        #expect(LogName(mask) == nil)
    }
}
