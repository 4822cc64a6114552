import Files
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

    @Test func aDayLaterItIsAnother() throws {
        let name = try #require(LogName("/logs"))
        #expect(name.path(at: 1_800_000_000) != name.path(at: 1_800_086_400))
    }

    @Test(arguments: [
        "/logs/\"a\"xyz", "/logs/\"a", "/logs/\"a/../b\"", "/logs/\"a\"yyyy/\"b\"", "\"a\"",
    ])
    func refuses(_ mask: String) {
        #expect(LogName(mask) == nil)
    }
}
