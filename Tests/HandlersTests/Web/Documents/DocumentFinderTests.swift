import Files
import HTTP
import HandlerTesting
import TestSupport
import Testing

@testable import Handlers

/// Documents, and the memory of them.
@Suite struct DocumentFinderTests {
    private let site: WebSite
    private let folder: Folder
    private let loop: WebLoop
    private let clock = TestClock()

    init() throws {
        site = try WebSite(["WebCacheMB": "1"], files: ["a": "A", "sub/index.html": "S"])
        folder = try #require(site.handler.site.documents)
        loop = WebLoop(logWriter: LogWriter(), clock: clock.read)
        loop.refresh()
    }

    private func find(_ path: String) -> DocumentFinder.Found {
        DocumentFinder(folder, loop, site.handler.site).find(Array(path.utf8))
    }

    private func document(_ path: String) -> Document? {
        guard case .document(let document) = find(path) else { return nil }
        return document
    }

    /// Goes to the next second.
    private func tick() {
        clock.second += 1
        loop.refresh()
    }

    @Test func aDocumentIsCheckedOnceASecond() throws {
        let first = try #require(document("/a"))
        try site.directory.write("changed", to: "a")
        #expect(document("/a") === first)
        tick()
        let second = try #require(document("/a"))
        #expect(second !== first && second.plain.size == 7)
        tick()
        #expect(document("/a") === second && second.checkedAt == clock.second)
    }

    @Test func aCompressedFileThatComesOrGoesMakesANewDocument() throws {
        let first = try #require(document("/a"))
        try site.directory.write("packed", to: "a.gz")
        tick()
        let second = try #require(document("/a"))
        #expect(second !== first)
        try Command.succeed(["rm", site.directory("a.gz")])
        tick()
        #expect(document("/a") !== second)
    }

    @Test func whatIsGoneIsForgotten() throws {
        _ = try #require(document("/a"))
        _ = try #require(document("/sub/"))
        try Command.succeed(["rm", site.directory("a"), site.directory("sub/index.html")])
        tick()
        guard case .refused(.notFound) = find("/a"), case .folder = find("/sub/") else {
            Issue.record("found")
            return
        }
        #expect(loop.documents.stale(folder, Array("/a".utf8)) == nil)
        #expect(loop.documents.stale(folder, Array("/sub/".utf8)) == nil)
    }

    @Test func whatCannotBeReadIsToldApart() throws {
        try Command.succeed([
            "sh", "-c", "cd \(site.directory.path); ln -s /etc out; ln -s loop loop; mkfifo pipe",
        ])
        let long = "/" + String(repeating: "n", count: 300)
        guard case .refused(.notFound) = find("/out/passwd"),
            case .refused(.notFound) = find("/none"),
            case .refused(.notFound) = find("/a/b"), case .refused(.forbidden) = find("/pipe"),
            case .folderWithoutSlash = find("/sub")
        else {
            Issue.record("\(find("/out/passwd")) \(find("/a/b")) \(find("/pipe"))")
            return
        }
        for path in ["/loop", long] {
            switch find(path) {
            case .refused, .failed: break
            default: Issue.record("found \(path)")
            }
        }
    }

    @Test func aLargeFileIsKeptOpenAndNotInMemory() throws {
        try site.directory.write(String(repeating: "x", count: 65_537), to: "large")
        let large = try #require(document("/large"))
        #expect(large.descriptors == 1 && large.cost < 4_096 && large.plain.file != nil)
        let small = try #require(document("/a"))
        #expect(small.descriptors == 0 && small.plain.file == nil)
    }

    @Test func theMemoryHasALimit() throws {
        for number in 0..<40 {
            try site.directory.write(String(repeating: "x", count: 30_000), to: "f\(number)")
            _ = try #require(document("/f\(number)"))
        }
        let kept = (0..<40).filter { loop.documents.stale(folder, Array("/f\($0)".utf8)) != nil }
        // Twice their size in 1 MiB, which other tests share.
        #expect(!kept.isEmpty && kept.count <= 17)
    }

    @Test func withoutRoomNothingIsKept() throws {
        let site = try WebSite(["WebCacheMB": "0"], files: ["a": "A"])
        let folder = try #require(site.handler.site.documents)
        let finder = DocumentFinder(folder, loop, site.handler.site)
        guard case .document = finder.find(Array("/a".utf8)) else {
            Issue.record("not found")
            return
        }
        #expect(loop.documents.stale(folder, Array("/a".utf8)) == nil)
    }

    @Test func documentsOfTwoFoldersAreKeptApart() throws {
        let other = try WebSite(files: ["a": "other"])
        let folder = try #require(other.handler.site.documents)
        let first = try #require(document("/a"))
        guard
            case .document(let second) = DocumentFinder(folder, loop, other.handler.site).find(
                Array("/a".utf8))
        else {
            Issue.record("not found")
            return
        }
        #expect(first.plain.size == 1 && second.plain.size == 5)
        #expect(document("/a") === first)
    }
}
