import TestSupport
import Testing

/// `icshostd explain` from its command line.
@Suite struct ExplainScenarios {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private let text = """
        [Host1]
        Hosts=a.test
        BindIpAddr=0.0.0.0
        BindNonPort=7000
        Handler=echo

        [Host2]
        Hosts=b.test
        BindIpAddr=0.0.0.0
        BindNonPort=7001
        Handler=ecoh

        """

    @Test func citesTheFile() throws {
        let file = try directory.write(text, to: "icshostd.conf")
        let served = try Icshostd.run("explain", "127.0.0.1:7000", "--config", file)
        #expect(served.end == .exited(0))
        #expect(served.output.hasPrefix("served\n  listener"))
        #expect(served.output.contains("0.0.0.0:7000  \(file):4\n"))
        let refused = try Icshostd.run("explain", "127.0.0.1:7001", "--json", "--config", file)
        #expect(refused.output.hasPrefix("{\n  \"outcome\": \"refused\""))
        #expect(refused.output.contains("no handler named \\\"ecoh\\\""))
    }

    @Test(arguments: [["127.0.0.1"], ["127.0.0.1:1", "--from", "x"]])
    func refusesABadCommandLine(_ words: [String]) throws {
        let command = try Command([Icshostd.path, "explain"] + words)
        #expect(command.end == .exited(64))
        #expect(command.errors.contains("must be"))
    }
}
