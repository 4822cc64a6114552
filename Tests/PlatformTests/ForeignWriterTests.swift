import Glibc
import TestSupport
import Testing

@testable import Platform

@Suite struct ForeignWriterTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func make(_ name: String, mode: mode_t = 0o755, owner: uid_t? = nil) throws -> String {
        let path = directory(name)
        try #require(unsafe mkdir(path, 0o755) == 0)
        try #require(unsafe chmod(path, mode) == 0)
        if let owner { try #require(unsafe chown(path, owner, owner) == 0) }
        return path
    }

    private func writer(of path: String, includesFile: Bool = false) -> String? {
        ForeignWriter.find(onWayTo: path, includesFile: includesFile).map { "\($0)" }
    }

    @Test func aDirectoryOfOurOwnIsSafe() throws {
        #expect(writer(of: try make("own") + "/s") == nil)
        #expect(writer(of: directory("not/there/yet")) == nil)
    }

    @Test func everybodyIsNotToWriteExceptWithTheStickyBit() throws {
        let open = try make("open", mode: 0o777)
        #expect(writer(of: open + "/s") == "\(open) can be written by everybody")
        #expect(writer(of: open) == "\(open) can be written by everybody")
        #expect(writer(of: try make("sticky", mode: 0o1777) + "/s") == nil)
    }

    @Test(.enabled(if: geteuid() == 0, "needs root to give files away"))
    func somebodyElseIsNotToOwnIt() throws {
        let theirs = try make("theirs", owner: 1)
        #expect(writer(of: theirs + "/s") == "\(theirs) belongs to user daemon")
        #expect(writer(of: theirs + "/deeper/s") == "\(theirs) belongs to user daemon")
        try #require(unsafe mkdir(theirs + "/deeper", 0o755) == 0)
        #expect(writer(of: theirs + "/deeper/s") == "\(theirs) belongs to user daemon")
    }

    @Test(.enabled(if: geteuid() == 0, "needs root to give files away"))
    func linksCountWithTheirDirectories() throws {
        let (theirs, own) = (try make("theirs", owner: 1), try make("own"))
        try #require(unsafe symlink(own, theirs + "/link") == 0)
        #expect(writer(of: theirs + "/link/s") == "\(theirs) belongs to user daemon")
        try #require(unsafe symlink(theirs, own + "/link") == 0)
        #expect(writer(of: own + "/link/s") == "\(theirs) belongs to user daemon")
        // In a sticky directory the link's owner can lead it elsewhere.
        let link = try make("sticky", mode: 0o1777) + "/link"
        try #require(unsafe symlink(own, link) == 0)
        #expect(writer(of: link + "/s") == nil)
        try #require(unsafe lchown(link, 1, 1) == 0)
        #expect(writer(of: link + "/s") == "\(link) belongs to user daemon")
    }

    @Test(.enabled(if: geteuid() == 0, "needs root to give files away"))
    func aGroupThatIsNotOursIsNotToWrite() throws {
        let shared = try make("shared", mode: 0o775)
        #expect(writer(of: shared + "/s") == nil)
        try #require(unsafe chown(shared, 0, 1) == 0)
        #expect(writer(of: shared + "/s") == "\(shared) can be written by group daemon")
    }

    @Test func theFileItselfCountsWhereItIsAskedFor() throws {
        let path = try directory.write("", to: "file")
        try #require(unsafe chmod(path, 0o666) == 0)
        #expect(writer(of: path) == nil)
        #expect(writer(of: path, includesFile: true) == "\(path) can be written by everybody")
    }
}
