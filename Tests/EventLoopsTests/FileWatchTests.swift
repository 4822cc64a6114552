import EventLoops
import Glibc
import Platform
import TestSupport
import Testing

/// Every way in which a file can become another one is noticed.
@Suite struct FileWatchTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// How a watch learns of changes; the other way would take an hour, or is closed.
    enum Way: CaseIterable {
        case inotify, polling
    }

    /// A watch on a thread of its own.
    private final class Watcher {
        private let loop: EventLoop
        private let thread: Platform.Thread
        private let told = Lock<[Int]>([])
        private let watch: Lock<FileWatch?>

        /// Begins to watch nothing.
        ///
        /// - Parameters:
        ///   - way: how changes are to be noticed.
        ///   - isStranger: whether files of root are those of somebody else.
        /// - Throws: when there is none in time.
        init(_ way: Way, isStranger: Bool = false) throws {
            let (loop, told) = (try EventLoop(), told)
            let watch = Lock<FileWatch?>(nil)
            (self.loop, self.watch) = (loop, watch)
            thread = try Platform.Thread(name: "watch") {
                // Of this thread alone, which loses the right to read everything with it.
                if isStranger, geteuid() == 0 { _ = Self.setfsuid(65_534) }
                loop.run()
            }
            // Of its instances of inotify a user has 128, whatever else runs here.
            try waitUntil("the watch") {
                loop.perform {
                    guard watch.withLock({ $0 == nil }) else { return }
                    let new = FileWatch(
                        on: loop, limit: way == .inotify || isStranger ? 1_000 : 0,
                        pollTime: way == .inotify ? .seconds(3_600) : .milliseconds(10)
                    ) { owners in
                        told.withLock { $0 += owners }
                    }
                    // The first file takes an instance, which others keep.
                    new.watch(["/"], for: -1)
                    guard new.hasInotify else { return new.stop() }
                    watch.withLock { $0 = new }
                }
                return watch.withLock { $0 != nil }
            }
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

        /// setfsuid(2), which Swift's Glibc does not show.
        private static let setfsuid: @Sendable (uid_t) -> CInt = {
            typealias Function = @convention(c) (uid_t) -> CInt
            guard let symbol = unsafe dlsym(nil, "setfsuid") else { return { _ in -1 } }
            let function = unsafe unsafeBitCast(symbol, to: Function.self)
            return { function($0) }
        }()

        func watch(_ paths: String..., for owner: Int = 1) {
            ask {
                $0.watch(paths, for: owner)
                $0.watch([], for: -1)
            }
        }

        /// How many files are looked at again and again.
        var polledCount: Int { ask { $0.polledCount } ?? -1 }

        /// Waits until it is told of an owner.
        func expectNews(of owner: Int = 1, after change: () throws -> Void) throws {
            told.withLock { $0 = [] }
            try change()
            try waitUntil("news of \(owner)") { told.withLock { $0.contains(owner) } }
        }

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

    @Test func withoutFilesItTakesNoInstance() throws {
        let watch = FileWatch(on: try EventLoop()) { _ in }
        #expect(!watch.isOpened)
        watch.watch([], for: 1)
        #expect(!watch.isOpened)
        watch.stop()
    }

    @Test func itGivesItsInstanceBackWithTheLastFile() throws {
        let watcher = try Watcher(.inotify)
        watcher.watch(directory.path)
        #expect(watcher.ask { $0.isOpened } == true)
        watcher.watch()
        #expect(watcher.ask { $0.isOpened } == false)
        watcher.watch(directory.path)
        try watcher.expectNews { try directory.write("new", to: "file") }
    }

    @Test(arguments: Way.allCases)
    func aFileThatIsWrittenReplacedOrRemoved(_ way: Way) throws {
        let watcher = try Watcher(way)
        let path = try directory.write("1", to: "c.pem")
        watcher.watch(path)
        // Of another size each: within one tick of the clock the rest of a stamp stays the same.
        try watcher.expectNews { _ = try directory.write("22", to: "c.pem") }
        try watcher.expectNews { try replace("c.pem", with: "333") }
        try watcher.expectNews { _ = try directory.write("4444", to: "c.pem") }
        try watcher.expectNews { _ = unsafe unlink(path) }
        try watcher.expectNews { _ = try directory.write("5", to: "c.pem") }
        try watcher.expectNews { _ = unsafe chmod(path, 0o600) }
    }

    @Test func aFileAndDirectoriesThatAreStillToCome() throws {
        let watcher = try Watcher(.inotify)
        watcher.watch(directory("live/a.test/c.pem"))
        try watcher.expectNews { makeDirectory("live") }
        try watcher.expectNews { makeDirectory("live/a.test") }
        try watcher.expectNews { _ = try directory.write("1", to: "live/a.test/c.pem") }
    }

    /// certbot keeps the files in `archive` and links to the newest from `live`.
    @Test(arguments: Way.allCases)
    func aSymbolicLinkAndWhatItLeadsTo(_ way: Way) throws {
        let watcher = try Watcher(way)
        for name in ["archive", "live"] { makeDirectory(name) }
        for number in 1...2 { _ = try directory.write("\(number)", to: "archive/c\(number).pem") }
        try link("live/c.pem", to: "../archive/c1.pem")
        watcher.watch(directory("live/c.pem"))
        try watcher.expectNews { try link("live/c.pem", to: "../archive/c2.pem") }
        try watcher.expectNews { _ = try directory.write("33", to: "archive/c2.pem") }
        try watcher.expectNews { try replace("archive/c2.pem", with: "444") }
        try watcher.expectNews { try link("live/c.pem", to: directory("archive/c1.pem")) }
    }

    /// Kubernetes links to a directory, and swaps that link.
    @Test(arguments: Way.allCases)
    func aDirectoryThatIsALinkOrMoves(_ way: Way) throws {
        let watcher = try Watcher(way)
        for name in ["one", "two"] {
            makeDirectory(name)
            _ = try directory.write(name, to: "\(name)/c.pem")
        }
        try link("data", to: "one")
        watcher.watch(directory("data/c.pem"))
        try watcher.expectNews { try link("data", to: "two") }
        try watcher.expectNews { _ = try directory.write("33", to: "two/c.pem") }
        try watcher.expectNews { _ = unsafe rename(directory("two"), directory("three")) }
        try watcher.expectNews { _ = unsafe rename(directory("three"), directory("two")) }
        try watcher.expectNews { _ = try directory.write("4444", to: "two/c.pem") }
    }

    @Test func aDirectoryStandsForEveryNameInIt() throws {
        let watcher = try Watcher(.inotify)
        makeDirectory("trusted")
        watcher.watch(directory("trusted"))
        try watcher.expectNews { _ = try directory.write("1", to: "trusted/one.pem") }
        try watcher.expectNews { _ = try directory.write("2", to: "trusted/one.pem") }
        try watcher.expectNews { try link("trusted/two.pem", to: "one.pem") }
        try watcher.expectNews { _ = unsafe unlink(directory("trusted/one.pem")) }
        try watcher.expectNews { _ = unsafe rename(directory("trusted"), directory("old")) }
        try watcher.expectNews { makeDirectory("trusted") }
        try watcher.expectNews { _ = try directory.write("3", to: "trusted/three.pem") }
    }

    @Test(arguments: Way.allCases)
    func onlyThoseWhoseFilesTheyAreAreTold(_ way: Way) throws {
        let watcher = try Watcher(way)
        let paths = try (1...3).map { try directory.write("1", to: "\($0).pem") }
        watcher.watch(paths[0], paths[1], for: 1)
        watcher.watch(paths[1], paths[2], for: 2)
        try watcher.expectNews(of: 1) { _ = try directory.write("22", to: "1.pem") }
        #expect(!watcher.news.contains(2))
        try watcher.expectNews(of: 2) { _ = try directory.write("22", to: "2.pem") }
    }

    @Test func whatNobodyWantsIsNotWatched() throws {
        let watcher = try Watcher(.inotify)
        makeDirectory("a")
        let path = try directory.write("1", to: "a/c.pem")
        watcher.watch(path)
        let count = watcher.ask { $0.directoryCount }
        for number in 0..<100 {
            try watcher.expectNews { try replace("a/c.pem", with: "\(number)") }
        }
        #expect(watcher.ask { $0.directoryCount } == count)
        watcher.ask { $0.watch([], for: 1) }
        #expect(watcher.ask { $0.directoryCount } == 0)
    }

    @Test func beyondTheLimitFilesAreLookedAtInstead() throws {
        let watcher = try Watcher(.polling)
        watcher.watch(try directory.write("1", to: "c.pem"))
        #expect(watcher.polledCount == 1)
        #expect(watcher.ask { $0.isExhausted } == true)
        watcher.ask { $0.watch([], for: 1) }
        #expect(watcher.polledCount == 0)
    }

    /// To enter a directory is enough to read a file in it, not to watch it (inotify(7)).
    @Test func aDirectoryThatMayBeEnteredButNotReadIsLookedAtUntilItMay() throws {
        makeDirectory("closed")
        let path = try directory.write("1", to: "closed/c.pem")
        unsafe chmod(directory("closed"), 0o311)
        defer { unsafe chmod(directory("closed"), 0o755) }
        let watcher = try Watcher(.polling, isStranger: true)
        watcher.watch(path)
        #expect(watcher.polledCount == 1)
        #expect(watcher.ask { $0.unreadable } == directory("closed"))
        #expect(watcher.ask { $0.isExhausted } == false)
        try watcher.expectNews { _ = try directory.write("22", to: "closed/c.pem") }
        try watcher.expectNews { try replace("closed/c.pem", with: "333") }
        // The directory above is watched, and tells of this.
        try watcher.expectNews { unsafe chmod(directory("closed"), 0o755) }
        try waitUntil("a watch of all directories") { watcher.polledCount == 0 }
        try watcher.expectNews { _ = try directory.write("4444", to: "closed/c.pem") }
    }

    @Test(arguments: Way.allCases)
    func aCircleOfLinksIsWatchedUntilItIsBroken(_ way: Way) throws {
        let watcher = try Watcher(way)
        unsafe symlink("b", directory("a"))
        unsafe symlink("a", directory("b"))
        watcher.watch(directory("a"))
        _ = try directory.write("1", to: "c")
        try watcher.expectNews { try link("b", to: "c") }
        try watcher.expectNews { _ = try directory.write("22", to: "c") }
    }
}
