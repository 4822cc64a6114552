import Files
import Foundation
import Synchronization
import TestSupport
import Testing

/// What stands in the place of a log keeps no thread.
@Suite(.serialized) struct LogFileTests {
    @Test(arguments: [
        "mkfifo it", "ln -s other it", "mkdir it", "mkfifo it; sleep 5 0<> it > /dev/null 2>&1 &",
    ])
    func whatIsNoFileIsToldAndStopsNoOther(_ preparation: String) throws {
        let directory = try TemporaryDirectory()
        try Command.succeed([
            "sh", "-c", "cd \(directory.path); \(preparation) > /dev/null 2>&1",
        ])
        let told = ToldNews()
        let writer = LogWriter()
        writer.listen { _, news in told.add(news) }
        let bad = LogFile(try #require(LogName("\(directory.path)/\"it\"")), header: [], owner: "a")
        let good = LogFile(
            try #require(LogName("\(directory.path)/\"good\"")), header: [], owner: "b")
        bad.append(Array("lost\n".utf8), by: writer)
        good.append(Array("kept\n".utf8), by: writer)
        try waitUntil("the line") {
            (try? String(contentsOfFile: directory("good"), encoding: .utf8)) == "kept\n"
        }
        try waitUntil("the news") { told.troubles.count == 1 }
        #expect(told.troubles[0].hasPrefix("\(directory.path)/it: "), "\(told.troubles)")
        // Once it has gone, the log is there.
        try Command.succeed(["rm", "-rf", directory("it")])
        bad.append(Array("again\n".utf8), by: writer)
        try waitUntil("the line") {
            (try? String(contentsOfFile: directory("it"), encoding: .utf8)) == "again\n"
        }
        #expect(!FileManager.default.fileExists(atPath: directory("other")))
    }
}

/// What a listener was told.
private final class ToldNews: Sendable {
    private let news = Mutex<[LogNews]>([])

    func add(_ one: LogNews) { news.withLock { $0.append(one) } }

    var troubles: [String] {
        news.withLock { news in
            news.compactMap { if case .trouble(let text, _) = $0 { text } else { nil } }
        }
    }
}
