import EventLoops
import Glibc
import TestSupport
import Testing

/// Every way in which a file can become another one is noticed.
@Suite struct FileWatchTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// A watch on a thread of its own.
    private final class Watcher {
        private let loop: EventLoop
        private let thread: EventLoops.Thread
        private let told = Lock<[Int]>([])
        private let watch: Lock<FileWatch?>

        init(limit: Int = FileWatch.directoryLimit) throws {
            let (loop, told) = (try EventLoop(), told)
            let watch = Lock<FileWatch?>(nil)
            (self.loop, self.watch) = (loop, watch)
            thread = try EventLoops.Thread(name: "watch") {
                loop.perform {
                    let new = FileWatch(on: loop, limit: limit) { owners in
                        told.withLock { $0 += owners }
                    }
                    watch.withLock { $0 = new }
                }
                loop.run()
            }
            // What is asked before would find nobody.
            try waitUntil("the watch") { watch.withLock { $0 != nil } }
        }

        deinit {
            ask { $0.stop() }
            watch.withLock { $0 = nil }
            loop.stop()
            thread.join()
        }

        /// Does something on the loop, and waits for it.
        @discardableResult
        func ask<Answer: Sendable>(_ body: @escaping @Sendable (FileWatch) -> Answer) -> Answer? {
            let answer = Lock<Answer?>(nil)
            guard let bell = try? EventBell() else { return nil }
            loop.perform { [watch] in
                if let watch = watch.withLock({ $0 }) {
                    let value = body(watch)
                    answer.withLock { $0 = value }
                }
                bell.ring()
            }
            bell.wait(upTo: .seconds(60))
            return answer.withLock { $0 }
        }

        func watch(_ paths: String..., for owner: Int = 1) {
            ask { $0.watch(paths, for: owner) }
        }

        /// Waits until it is told of an owner.
        func expectNews(of owner: Int = 1, after change: () throws -> Void) throws {
            told.withLock { $0 = [] }
            try change()
            try waitUntil("news of \(owner)") { told.withLock { $0.contains(owner) } }
        }

        /// Whether there is inotify: of its instances a user has 128, whatever else runs here.
        var isWatching: Bool { ask { $0.directoryCount > 0 } ?? false }

        var news: [Int] { told.withLock { $0 } }
    }

    private func replace(_ name: String, with text: String) throws {
        let new = try directory.write(text, to: "\(name).new")
        #expect(unsafe rename(new, directory(name)) == 0)
    }

    private func link(_ name: String, to target: String) throws {
        unsafe symlink(target, directory("\(name).new"))
        #expect(unsafe rename(directory("\(name).new"), directory(name)) == 0)
    }

    private func makeDirectory(_ name: String) {
        #expect(unsafe mkdir(directory(name), 0o755) == 0)
    }

    @Test func aFileThatIsWrittenReplacedOrRemoved() throws {
        let watcher = try Watcher()
        let path = try directory.write("1", to: "c.pem")
        watcher.watch(path)
        guard watcher.isWatching else { return }
        try watcher.expectNews { _ = try directory.write("2", to: "c.pem") }
        try watcher.expectNews { try replace("c.pem", with: "3") }
        try watcher.expectNews { _ = try directory.write("4", to: "c.pem") }
        try watcher.expectNews { _ = unsafe unlink(path) }
        try watcher.expectNews { _ = try directory.write("5", to: "c.pem") }
        try watcher.expectNews { _ = unsafe chmod(path, 0o600) }
    }

    @Test func aFileAndDirectoriesThatAreStillToCome() throws {
        let watcher = try Watcher()
        watcher.watch(directory("live/a.test/c.pem"))
        guard watcher.isWatching else { return }
        try watcher.expectNews { makeDirectory("live") }
        try watcher.expectNews { makeDirectory("live/a.test") }
        try watcher.expectNews { _ = try directory.write("1", to: "live/a.test/c.pem") }
    }

    /// certbot keeps the files in `archive` and links to the newest from `live`.
    @Test func aSymbolicLinkAndWhatItLeadsTo() throws {
        let watcher = try Watcher()
        for name in ["archive", "live"] { makeDirectory(name) }
        for number in 1...2 { _ = try directory.write("\(number)", to: "archive/c\(number).pem") }
        try link("live/c.pem", to: "../archive/c1.pem")
        watcher.watch(directory("live/c.pem"))
        guard watcher.isWatching else { return }
        try watcher.expectNews { try link("live/c.pem", to: "../archive/c2.pem") }
        try watcher.expectNews { _ = try directory.write("3", to: "archive/c2.pem") }
        try watcher.expectNews { try replace("archive/c2.pem", with: "4") }
        try watcher.expectNews { try link("live/c.pem", to: directory("archive/c1.pem")) }
    }

    /// Kubernetes links to a directory, and swaps that link.
    @Test func aDirectoryThatIsALinkOrMoves() throws {
        let watcher = try Watcher()
        for name in ["one", "two"] {
            makeDirectory(name)
            _ = try directory.write(name, to: "\(name)/c.pem")
        }
        try link("data", to: "one")
        watcher.watch(directory("data/c.pem"))
        guard watcher.isWatching else { return }
        try watcher.expectNews { try link("data", to: "two") }
        try watcher.expectNews { _ = try directory.write("3", to: "two/c.pem") }
        try watcher.expectNews { _ = unsafe rename(directory("two"), directory("three")) }
        try watcher.expectNews { _ = unsafe rename(directory("three"), directory("two")) }
        try watcher.expectNews { _ = try directory.write("4", to: "two/c.pem") }
    }

    @Test func onlyThoseWhoseFilesTheyAreAreTold() throws {
        let watcher = try Watcher()
        let paths = try (1...3).map { try directory.write("1", to: "\($0).pem") }
        watcher.watch(paths[0], paths[1], for: 1)
        watcher.watch(paths[1], paths[2], for: 2)
        guard watcher.isWatching else { return }
        try watcher.expectNews(of: 1) { _ = try directory.write("2", to: "1.pem") }
        #expect(!watcher.news.contains(2))
        try watcher.expectNews(of: 2) { _ = try directory.write("2", to: "2.pem") }
    }

    @Test func whatNobodyWantsIsNotWatched() throws {
        let watcher = try Watcher()
        makeDirectory("a")
        let path = try directory.write("1", to: "a/c.pem")
        watcher.watch(path)
        guard watcher.isWatching else { return }
        let count = watcher.ask { $0.directoryCount }
        for number in 0..<100 {
            try watcher.expectNews { try replace("a/c.pem", with: "\(number)") }
        }
        #expect(watcher.ask { $0.directoryCount } == count)
        watcher.ask { $0.watch([], for: 1) }
        #expect(watcher.ask { $0.directoryCount } == 0)
    }

    @Test func whatCannotBeWatchedIsLookedAtInstead() throws {
        let watcher = try Watcher(limit: 1)
        let path = try directory.write("1", to: "c.pem")
        watcher.watch(path)
        #expect(watcher.ask { $0.polledCount } == 1)
        #expect(watcher.ask { $0.isExhausted } == true)
        try watcher.expectNews { _ = try directory.write("22", to: "c.pem") }
        try watcher.expectNews { try replace("c.pem", with: "33") }
        watcher.ask { $0.watch([], for: 1) }
        #expect(watcher.ask { $0.polledCount } == 0)
    }

    @Test func aCircleOfLinksIsWatchedUntilItIsBroken() throws {
        let watcher = try Watcher()
        unsafe symlink("b", directory("a"))
        unsafe symlink("a", directory("b"))
        watcher.watch(directory("a"))
        guard watcher.isWatching else { return }
        _ = try directory.write("1", to: "c")
        try watcher.expectNews { try link("b", to: "c") }
        try watcher.expectNews { _ = try directory.write("2", to: "c") }
    }
}
