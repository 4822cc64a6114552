import Testing

@testable import SocketServerDaemon

@Suite struct CommandWordTests {
    @Test(arguments: [
        (["-t"], ["check"]), (["-t", "--json", "a.conf"], ["check", "--json", "a.conf"]),
        (["version"], ["--version"]), (["-V"], ["--version"]),
        (["status"], ["status"]), (["check", "-t"], ["check", "-t"]), ([], []),
    ])
    func otherNamesAreUnderstood(_ words: [String], _ translated: [String]) {
        #expect(CommandWord.translated(words) == translated)
    }

    @Test(arguments: [
        ("stat", "; did you mean \"status\"?"), ("chek", "; did you mean \"check\"?"),
        ("RUN", "; did you mean \"run\"?"), ("start", ""), ("", ""), ("\u{1B}[2J", ""),
    ])
    func aWordThatIsNoneIsAnsweredWithThoseThereAre(_ word: String, _ hint: String) throws {
        let mistake = try #require(CommandWord.mistake([word]))
        let line = try #require(mistake.split(separator: "\n").first)
        #expect(line.hasPrefix("unknown command \""))
        #expect(line.hasSuffix(hint.isEmpty ? "\"" : hint))
        #expect(mistake.contains("\nThe commands are run, reload, status, clients, disconnect, "))
        #expect(!mistake.contains("manual") && !mistake.contains("\u{1B}"))
    }

    @Test(arguments: [["status"], ["help"], ["help", "run"], ["manual"], ["--help"], ["-h"], []])
    func whatIsACommandIsLeftAlone(_ words: [String]) {
        #expect(CommandWord.mistake(words) == nil)
    }
}
