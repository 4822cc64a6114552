import TestSupport
import Testing

/// What cannot be written is not done.
@Suite struct OutputScenarios {
    private static let host =
        "[Host1]\nHosts=a.test\nBindIpAddr=127.0.0.1\nBindNonPort=auto\nHandler=echo\n"

    @Test(
        arguments: [
            ["check"], ["check", "--json"], ["plan"], ["convert"], ["explain", "127.0.0.1:1"],
            ["manual", "icshostd.catalog"], ["status", "--json"], ["clients"],
        ])
    func aFullDiskIsNoSuccess(_ words: [String]) throws {
        let daemon = try DaemonProcess(Self.host)
        var words = words
        switch words[0] {
        case "status", "clients": words += ["--control-socket", daemon.controlPath]
        case "manual": break
        default: words += ["--config", daemon.directory("icshostd.conf")]
        }
        let full = try Command(
            ["sh", "-c", "exec \"$0\" \"$@\" > /dev/full", Icshostd.path] + words)
        #expect(full.end == .exited(1), "\(words) \(full.errors)")
        #expect(
            full.errors.hasSuffix("icshostd: cannot write: No space left on device\n"),
            "\(words) \(full.errors)")
    }

    @Test func withoutArgumentsTheHelpEndsItsLineAndTellsTheAliases() throws {
        let help = try Command([Icshostd.path])
        #expect(help.end == .exited(64) && help.errors.hasSuffix("\n"))
        #expect(help.errors.contains("-t is icshostd check"))
    }

    /// A word that stands for nothing is told; escapes are none.
    @Test(arguments: [("%uri%", true), ("%path%", false), ("x%C3%AF%20", false)])
    func anUnknownWordOfARedirectIsTold(_ word: String, _ isTold: Bool) throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write(
            "[Host1]\nHosts=a.test\nBindIpAddr=127.0.0.1\nBindNonPort=auto\nHandler=redirect\n"
                + "WebRedirectURL=https://b.test/\(word)\n", to: "icshostd.conf")
        let errors = try Command([Icshostd.path, "check", file]).errors
        #expect(errors.contains("\(word) goes to clients as it is") == isTold, "\(errors)")
    }

    /// `head` has read enough.
    @Test func aReaderWhoLeavesIsNoFailure() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write(Self.host, to: "icshostd.conf")
        let closed = try Command([
            "bash", "-c",
            "set -o pipefail; trap '' PIPE; \"$0\" convert --config \"$1\" | exec true",
            Icshostd.path, file,
        ])
        #expect(closed.end == .exited(0) && !closed.errors.contains("cannot write"), "\(closed)")
    }
}
