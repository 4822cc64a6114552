import Glibc
import Platform
import TestSupport
import Testing

/// Files that appear with all of their contents.
@Suite struct WholeFileTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func contents(_ name: String) throws -> String {
        try Command.succeed(["cat", directory(name)])
    }

    private var names: String {
        get throws { try Command.succeed(["ls", "-A", directory.path]) }
    }

    @Test func everybodyMayReadIt() throws {
        try WholeFile.write("one\n", to: directory("sub/a"), replacing: false)
        #expect(try contents("sub/a") == "one\n")
        #expect(try directory.mode(of: "sub/a") & 0o777 == 0o644)
        #expect(try directory.mode(of: "sub") & 0o777 == 0o755)
        #expect(try Command.succeed(["ls", "-A", directory("sub")]) == "a\n")
    }

    @Test func whatIsThereStaysUnlessAsked() throws {
        try directory.write("old\n", to: "a")
        #expect(throws: SystemError("link", code: EEXIST)) {
            try WholeFile.write("new\n", to: directory("a"), replacing: false)
        }
        #expect(try contents("a") == "old\n")
        try WholeFile.write("new\n", to: directory("a"), replacing: true)
        #expect(try contents("a") == "new\n")
        #expect(try names == "a\n")
    }

    @Test func aLinkIsNotFollowed() throws {
        try directory.write("precious\n", to: "target")
        for (link, target) in [("live", "target"), ("dead", "nowhere")] {
            try Command.succeed(["ln", "-s", target, directory(link)])
            #expect(WholeFile.isThere(directory(link)))
            #expect(throws: SystemError("link", code: EEXIST)) {
                try WholeFile.write("new\n", to: directory(link), replacing: false)
            }
            try WholeFile.write("new\n", to: directory(link), replacing: true)
            #expect(try contents(link) == "new\n")
        }
        #expect(try contents("target") == "precious\n")
        #expect(try names == "dead\nlive\ntarget\n")
    }

    @Test func aDirectoryIsNotReplaced() throws {
        try WholeFile.write("x", to: directory("sub/a"), replacing: false)
        #expect(throws: SystemError("rename", code: EISDIR)) {
            try WholeFile.write("new\n", to: directory("sub"), replacing: true)
        }
        #expect(throws: SystemError("mkdir", code: ENOENT)) {
            try WholeFile.write("new\n", to: directory("no/such/a"), replacing: true)
        }
        #expect(try names == "sub\n")
    }
}
