import Configuration
import Testing

@Suite struct IncludeTests {
    /// Files in memory; a pattern matches by what stands before its asterisk.
    private static func surroundings(_ files: [String: String]) -> Surroundings {
        Surroundings(
            files: .init(
                read: { path throws(ConfigurationFileError) in
                    guard let text = files[path] else {
                        throw ConfigurationFileError(path: path, reason: .missing)
                    }
                    return Array(text.utf8)
                },
                matching: { pattern in
                    let start = pattern.prefix { $0 != "*" }
                    return files.keys.filter { $0.hasPrefix(start) }.sorted()
                },
                identity: { $0.replacing("./", with: "") }),
            variable: { ["DIR": "sites", "EMPTY": "", "PORT": "7000", "LINES": "a\n[b]"][$0] })
    }

    private func load(_ text: String, _ files: [String: String] = [:]) -> LoadedConfiguration {
        LoadedConfiguration(
            bytes: Array(text.utf8), file: "/etc/c", handlers: handlers,
            surroundings: Self.surroundings(files))
    }

    private func host(_ name: String) -> String {
        "[Host \(name)]\nHostEnabled=True\nHosts=\(name).test\nBindIpAddr=127.0.0.1\n"
            + "BindSslPort=443\nHandler=echo\n"
    }

    private func sections(_ loaded: LoadedConfiguration) -> [String] {
        #expect(loaded.told == [])
        return loaded.settings.hosts.map { String($0.section.dropFirst(5)) }
    }

    @Test func includedSectionsFollowThoseAbove() {
        let text =
            "Include=first\n" + host("b") + "[Server]\nInclude=sites/*.conf\nMaxClients=3\n"
            + "Include=/srv/last\n" + host("f")
        let loaded = load(
            text,
            [
                "/etc/first": host("a"), "/etc/sites/2": host("d"), "/etc/sites/1": host("c"),
                "/srv/last": "[Server]\nInclude=beside\n[Server]\nBanner=x\n",
                "/srv/beside": host("e"),
            ])
        #expect(sections(loaded) == ["a", "b", "c", "d", "e", "f"])
        #expect(loaded.settings.server.maxClients == 3 && loaded.settings.server.banner == "x")
        #expect(loaded.sources.map(\.file).count == 6)
    }

    @Test func dropInsComeLastInTheOrderOfTheirNames() {
        let files = ["/etc/conf.d/2.conf": host("c"), "/etc/conf.d/1.conf": host("b")]
        #expect(sections(load(host("a"), files)) == ["a", "b", "c"])
    }

    @Test func mistakesOfIncludedFilesHaveTheirPlaces() {
        let loaded = load(
            "Include=x\n" + host("a"), ["/etc/x": "[Server]\nWorker=1\n[host A]\nHosts=*\n"])
        #expect(loaded.told.first?.hasPrefix("/etc/c:2:1: error: [Host a] is given twice") == true)
        #expect(loaded.told.last?.hasPrefix("/etc/x:4:1: error: ") == false)
        #expect(loaded.told.contains { $0.hasPrefix("/etc/x:2:1: error: unknown key \"Worker\"") })
        #expect(loaded.report.contains("  Worker=1\n"))
    }

    @Test(
        arguments: [
            (
                "x", ["/etc/x": "Include=y\n", "/etc/y": "Include=./x\n"],
                "/etc/y:1:9: error: Include forms a loop: \"/etc/./x\" leads back to this line"
            ),
            (
                "c", ["/etc/c": ""],
                "/etc/c:1:9: error: Include forms a loop: \"/etc/c\" leads back to "
                    + "this line"
            ),
            (
                "gone", [:],
                "/etc/c:1:9: error: cannot read the configuration \"/etc/gone\": there is no such file"
            ),
            (
                "gone/*", [:],
                "/etc/c:1:9: warning: Include matches no file: \"/etc/gone/*\""
            ),
            (
                "1",
                Dictionary(
                    uniqueKeysWithValues: (1...20).map { ("/etc/\($0)", "Include=\($0 + 1)\n") }),
                "/etc/7:1:9: error: Include is nested deeper than 8 files"
            ),
        ] as [(String, [String: String], String)])
    func refusesCirclesDepthAndWhatIsNotThere(
        _ name: String, _ files: [String: String], _ expected: String
    ) {
        #expect(load("Include=\(name)\n" + host("a"), files).told == [expected])
    }

    @Test func aConfigurationHasSoManyFilesAtMost() {
        let files = Dictionary(
            uniqueKeysWithValues: (0..<1_005).map { ("/etc/many/\($0)", "; nothing\n") })
        let told = load("Include=many/*\n" + host("a"), files).told
        #expect(told.count == 1)
        #expect(
            told.first
                == "/etc/c:1:9: error: a configuration may have at most 1000 files, included ones counted"
        )
    }

    @Test func aFileThatIsIncludedAgainCountsOnce() {
        let files = ["/etc/x": "Include=z\n", "/etc/y": "Include=z\n", "/etc/z": host("b")]
        let loaded = load("Include=x\nInclude=y\n" + host("a"), files)
        #expect(
            loaded.told == [
                """
                /etc/y:1:9: warning: "/etc/z" is already included, and is read once
                /etc/x:1:9: note: first included here
                """
            ])
        #expect(loaded.settings.hosts.map(\.section) == ["Host b", "Host a"])
    }

    @Test func aBlankIncludeIsNone() {
        #expect(sections(load("[Server]\nInclude=\n" + host("a"))) == ["a"])
    }

    @Test func onlyTheServerIncludes() {
        #expect(
            load(host("a") + "Include=x\n", ["/etc/x": ""]).told == [
                "/etc/c:7:1: error: Include belongs in [Server], not in [Host a]"
            ])
    }

    @Test func aTextWithoutFilesCannotInclude() {
        let loaded = LoadedConfiguration(
            bytes: Array(("Include=x\n" + host("a")).utf8), file: "c", handlers: handlers)
        #expect(loaded.told == ["c:1:9: error: Include has no files to read here"])
    }

    @Test(arguments: [
        ("${DIR}", "sites"), ("a${DIR}b${DIR}", "asitesbsites"), ("${EMPTY}", ""),
        ("${EMPTY:-x}", "x"), ("${NONE:-a b}", "a b"), ("${NONE:-}", ""), ("$${DIR}", "${DIR}"),
        ("$DIR", "$DIR"), ("$", "$"), ("5$${", "5${"),
    ])
    func valuesTakeVariables(_ text: String, _ expected: String) {
        let loaded = load(host("a") + "Descr=\(text)\n")
        #expect(loaded.told == [])
        #expect(loaded.settings.hosts.first?.description == expected)
    }

    @Test(arguments: [
        (
            "é${NONE}", 8,
            "environment variable \"NONE\" is not set: set it, or write ${NONE:-default}"
        ),
        ("${DIR", 7, "a variable must end with \"}\", as in ${NAME}"),
        (
            "x${LINES}", 8,
            "environment variable \"LINES\" must be one line of text, without control characters"
        ),
        (
            "${}", 7,
            "a variable must be of letters, digits and _, as in ${NAME} or ${NAME:-default}, not \"\""
        ),
        (
            "${B-5}", 7,
            "a variable must be of letters, digits and _, as in ${NAME} or ${NAME:-default}, "
                + "not \"B-5\""
        ),
    ])
    func namesThePlaceOfAMistakenVariable(_ text: String, _ column: Int, _ message: String) {
        #expect(
            load(host("a") + "Descr=\(text)\n").told == ["/etc/c:7:\(column): error: \(message)"])
    }

    @Test func patternsAndPortsTakeVariablesToo() {
        let files = ["/etc/sites/a": host("a").replacing("443", with: "${PORT}")]
        let loaded = load("Include=${DIR}/*\n", files)
        #expect(sections(loaded) == ["a"])
        #expect(loaded.settings.hosts.first?.tlsPort?.value == .number(7_000))
    }

    @Test func theDiskIsListedInTheOrderOfBytes() {
        let folder = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let found = Surroundings.Files.disk.list("\(folder)/INI*.swift")
        #expect(found == ["\(folder)/INIScannerTests.swift"])
        #expect(Surroundings.Files.disk.list("\(folder)/*.none") == [])
    }
}
