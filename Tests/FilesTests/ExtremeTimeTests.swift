import Files
import Foundation
import Platform
import TestSupport
import Testing

/// A file may have any time: who can write one sets it with touch(1).
@Suite struct ExtremeTimeTests {
    static let times = [
        "@-9223372036854775808", "@9223372036854775807", "@-62135596801", "@253402300800",
    ]

    @Test(arguments: times) func aFileMayHaveAnyTime(_ time: String) throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("text", to: "file")
        let before = FileStamp(of: path)
        try Command.succeed(["touch", "-d", time, path])
        #expect(FileStamp(of: path) != before)
        let folder = try Folder(directory.path)
        let file = try folder.open(Array("file".utf8).span, at: 1)
        #expect(file.size == 4)
        let listing = try FolderListing(folder.open(Array("".utf8).span, at: 1))
        #expect(listing.entries.map(\.modified) == [file.identity.modified])
    }

    @Test(arguments: [Int.min, -1, 0, 253_402_300_800, 1 << 55, 1 << 57, .max])
    func aLogHasANameAtAnyTime(_ seconds: Int) throws {
        let name = try #require(LogName("/logs/\"a\"yyyy-yy-mm-dd\".log\""))
        #expect(name.path(at: seconds).hasPrefix("/logs/a"))
    }

    @Test func namesNeedNotBeUTF8() throws {
        let directory = try TemporaryDirectory()
        try Command.succeed(["sh", "-c", "cd \(directory.path) && printf 1 > $(printf 'a\\377b')"])
        let folder = try Folder(directory.path)
        let listing = try FolderListing(folder.open(Array("".utf8).span, at: 1))
        #expect(listing.entries.map(\.name) == [[97, 255, 98]])
    }
}
