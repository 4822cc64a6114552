import TestSupport
import Testing

/// The documents that `make docs` writes are those of this program.
@Suite struct DocumentScenarios {
    private static let folder =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
        .joined(separator: "/") + "/docs"

    @Test(arguments: ["icshostd.8", "icshostd.conf.5"])
    func theManualPageIsNotStale(_ page: String) throws {
        let kept = try Command.succeed(["cat", "\(Self.folder)/man/\(page)"])
        #expect(try Icshostd.run("manual", page).output == kept, "stale: run make docs")
    }

    @Test func theCatalogIsNotStale() throws {
        let kept = try Command.succeed(["cat", "\(Self.folder)/../systemd/icshostd.catalog"])
        #expect(
            try Icshostd.run("manual", "icshostd.catalog").output == kept, "stale: run make docs")
        let ids = kept.split(separator: "\n").filter { $0.hasPrefix("-- ") }
        #expect(Set(ids).count == ids.count)
        #expect(ids.count > 20)
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func theCompletionIsNotStale(_ shell: String) throws {
        let kept = try Command.succeed(["cat", "\(Self.folder)/completions/icshostd.\(shell)"])
        let made = try Icshostd.run("--generate-completion-script", shell).output
        #expect(made == kept, "stale: run make docs")
        #expect(kept.contains("explain") && !kept.contains("manual"))
    }

    @Test func theManualHasEveryKeyOfTheSample() throws {
        let sample = try Command.succeed(["cat", "\(Self.folder)/../etc/icshostd.conf"])
        let page = try Icshostd.run("manual", "icshostd.conf.5").output
        let keys = sample.split(separator: "\n").compactMap { line -> Substring? in
            guard line.hasPrefix(";"), !line.hasPrefix("; "), line.contains("=") else { return nil }
            return line.dropFirst().prefix { $0 != "=" }
        }
        #expect(keys.count > 20)
        for key in keys { #expect(page.contains("\n.B \(key)\n"), "\(key)") }
    }
}
