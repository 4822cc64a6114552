import Testing

/// Documents name what exists: each other, files, and the types of the code.
@Suite struct DocumentTests {
    /// Every Markdown file, by its path.
    private static let documents: [(path: String, text: String)] =
        (["README.md"]
        + ["docs", "Benchmarks"].flatMap { Repository.paths(below: $0, ending: ".md") })
        .map { ($0, Repository.text(of: $0)) }
    private static let decisions = documents.filter {
        $0.path.contains(/^docs\/decisions\/\d{4}-/)
    }

    /// Names in documents that belong to other programs, or are examples.
    private static let foreignNames: Set = [
        "BufferedReader", "ExecCondition", "ExecStartPre", "ExecStop", "LimitCORE", "LogHandler",
        "LogRateLimitBurst", "Logger", "TcpExtTCPTimeWaitOverflow", "StackAllocator", "Users",
        "Ounchecked", "Topic", "Unsafe",
        "namesThePlaceOfABadPort", "fatalError", "libswiftCore", "Hi", "IcsHosts",
    ]

    @Test func linksLeadSomewhere() {
        for (path, text) in Self.documents {
            for link in text.matches(of: /\]\(([^)\s]+)\)/).map({ String($0.1) })
            where !link.hasPrefix("http") {
                let parts = link.split(
                    separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
                let target = parts[0].isEmpty ? path : Self.resolve(String(parts[0]), from: path)
                #expect(Repository.has(target), "\(path): \(link)")
                guard parts.count > 1 else { continue }
                let headings = Self.headings(of: Repository.text(of: target))
                #expect(headings.contains(String(parts[1])), "\(path): \(link)")
            }
        }
    }

    private static func resolve(_ link: String, from path: String) -> String {
        var parts = path.split(separator: "/").dropLast()
        for part in link.split(separator: "/") {
            if part == ".." { parts = parts.dropLast() } else { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }

    /// The anchors of a document's headings.
    private static func headings(of text: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
            line.drop { $0 == "#" }.dropFirst().lowercased().filter {
                $0.isLetter || $0.isNumber || $0 == " " || $0 == "-"
            }.replacing(" ", with: "-")
        }
    }

    @Test func theIndexHasEachDecisionOnce() throws {
        let index = Repository.text(of: "docs/decisions/README.md").split(separator: "\n")
        let entries = index.filter { $0.hasPrefix("- [") }.map(String.init)
        #expect(entries.count == Self.decisions.count)
        for (path, text) in Self.decisions {
            let file = try #require(path.split(separator: "/").last)
            let title = try #require(text.split(separator: "\n").first?.dropFirst(2)).replacing(
                #/^\d{4}: /#, with: "")
            let line = "- [\(file.prefix(4))](\(file)) \(title)"
            #expect(entries.count { $0.hasPrefix(line) } == 1, "the index lacks \"\(line)\"")
        }
    }

    @Test func decisionsHaveFortyLinesAtMost() {
        for (path, text) in Self.decisions {
            #expect(
                text.split(separator: "\n", omittingEmptySubsequences: false).count <= 41, "\(path)"
            )
        }
    }

    /// A comment names a decision by its file, or as "decision 0142".
    @Test func decisionsThatCommentsNameExist() {
        let numbers = Set(Self.decisions.map { $0.path.split(separator: "/")[2].prefix(4) })
        for file in Repository.sources + Repository.tests {
            for line in file.comments where line.contains("decision") {
                for match in line.matches(of: /decisions?\/?\s?(\d{4})/) {
                    #expect(numbers.contains(match.1), "\(file.path): decision \(match.1)")
                }
            }
        }
    }

    /// Paths from the root of the repository, and names of Swift files, which may have a part of their path.
    @Test func namedFilesExist() {
        let files = (Repository.sources + Repository.tests).map(\.path)
        for (path, text) in Self.documents where !path.hasSuffix("CHANGES.md") {
            for name in Self.quoted(in: text) {
                let isPath = name.contains(
                    /^(?:Sources|Tests|docs|etc|systemd|Benchmarks|\.ci)\/[\w.+\/-]*\w$/)
                let isSwift = name.contains(/^[\w+\/]+\.swift$/) && name != "Type+Topic.swift"
                guard isPath || isSwift else { continue }
                // The guide makes a package of its own, as `Examples/Greeting`.
                let isThere =
                    Repository.has(name) || Repository.has("Examples/Greeting/\(name)")
                    || files.contains { $0.hasSuffix("/\(name)") }
                #expect(isThere, "\(path): \(name)")
            }
        }
    }

    /// A word in code style with capitals inside, such as a type, is a word of the sources.
    @Test func namedTypesExist() {
        // CHANGES names what is gone, TWSOCKETSERVER what Delphi has.
        for (path, text) in Self.documents
        where !path.hasSuffix("CHANGES.md") && !path.hasSuffix("TWSOCKETSERVER.md") {
            for name in Self.quoted(in: text) {
                for match in name.matches(of: /\w+/) {
                    let word = String(match.0)
                    guard word.contains(/[a-z][A-Z]|^[A-Z][a-z]/) else { continue }
                    let isKnown = Self.words.contains(word) || Self.foreignNames.contains(word)
                    #expect(isKnown, "\(path): \(name)")
                }
            }
        }
    }

    private static func quoted(in document: String) -> [String] {
        document.replacing(/(?m)^```(?s:.*?)^```/, with: "").matches(of: /`([^`\n]+)`/)
            .map { String($0.1) }
    }

    /// Every word of what is not a document.
    private static let words: Set<String> = {
        let endings = [
            ".swift", ".h", ".c", ".py", ".conf", ".service", ".socket", ".sysusers", ".case",
            "run",
        ]
        let folders = ["Sources", "Tests", "systemd", "etc", "Examples", "Benchmarks"]
        let paths = folders.flatMap { folder in
            endings.flatMap { Repository.paths(below: folder, ending: $0) }
        }
        return (paths + ["Package.swift", "Makefile", ".swift-format"]).reduce(into: []) {
            for part in $1.split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
                $0.insert(String(part))
            }
            for word in Repository.bytes(of: $1).split(whereSeparator: { !isOfWord($0) }) {
                $0.insert(String(decoding: word, as: UTF8.self))
            }
        }
    }()

    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// The files that declare or extend a type, or are named like it.
    private static let filesByType: [Substring: [SwiftFile]] = {
        let keywords: Set<Substring> = ["struct", "class", "enum", "protocol", "extension"]
        var found: [Substring: [SwiftFile]] = [:]
        for file in Repository.sources {
            var names: Set = [file.stem.prefix { $0 != "+" }, file.stem[...]]
            for line in file.code {
                let words = line.split(separator: " ", maxSplits: 6)
                guard let keyword = words.firstIndex(where: { keywords.contains($0) }),
                    keyword + 1 < words.count
                else { continue }
                names.insert(words[keyword + 1].prefix { $0.isLetter || $0.isNumber })
            }
            for name in names { found[name, default: []].append(file) }
        }
        return found
    }()

    /// A limit is in a file that declares or extends its type, and its member is a word there.
    @Test func limitsAreWhereTheTableSays() {
        let rows = Repository.text(of: "docs/LIMITS.md").split(separator: "\n").filter {
            $0.hasPrefix("|") && !$0.hasPrefix("|-") && $0 != "| what | value | where |"
        }
        #expect(rows.count > 50)
        for row in rows {
            var files: [SwiftFile] = []
            // Programs have a hyphen in their name, and no Swift file.
            for name in Self.quoted(in: String(row.split(separator: "|").last ?? ""))
            where !name.contains("-") {
                var parts = name.split(separator: ".")
                if let type = parts.first, type.first?.isUppercase == true {
                    files = Self.filesByType[type] ?? []
                    #expect(!files.isEmpty, "no type or file \(type): \(row)")
                    parts.removeFirst()
                }
                for member in parts {
                    let isThere = files.contains { $0.code.contains { $0.contains(member) } }
                    #expect(isThere, "\(member) of \(name): \(row)")
                }
            }
        }
    }

    @Test func theReadmePrintsTheHandlerAsItIs() throws {
        let readme = Repository.text(of: "README.md")
        let block = try #require(readme.firstMatch(of: /```swift\n([^`]*)```/)).1
        let file = Repository.text(of: "Sources/Handlers/Basic/EchoHandler.swift")
        let handler = try #require(file.firstRange(of: "struct EchoHandler"))
        #expect(file[handler.lowerBound...] == block)
    }

    @Test func theTourIsShort() {
        let lines = Repository.text(of: "docs/ARCHITECTURE.md").split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count - 1 <= 200, "move detail to a decision or to docs/LIMITS.md")
    }
}
