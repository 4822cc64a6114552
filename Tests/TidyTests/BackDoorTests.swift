import Testing

/// How far the daemon stands on `SocketServer`, and not beside it on the engine.
@Suite struct BackDoorTests {
    /// How many files of the daemon import the engine itself.
    ///
    /// It must not grow; a change that makes it smaller lowers it here (docs/decisions/0171-the-daemon-and-the-library.md).
    private static let filesWithEngine = 30

    @Test func theDaemonImportsTheEngineInFewFiles() {
        let files = Repository.sources.filter {
            $0.module == "SocketServerDaemon" && $0.imports.contains("Serving")
        }
        #expect(files.count == Self.filesWithEngine)
    }

    /// What makes and ends the parts of a server is in one place, for servers in code and for the daemon.
    @Test(arguments: ["Server(", "CertificateKeeper ", "CertificateKeeper(", "LogWriter("])
    func theDaemonCreatesNoPartOfTheEngine(_ call: String) {
        for file in Repository.sources where file.module == "SocketServerDaemon" {
            for line in file.code where line.contains("try \(call)") || line.contains("= \(call)") {
                Issue.record("\(file.place) has \(call): ServerEngine creates it")
            }
        }
    }
}
