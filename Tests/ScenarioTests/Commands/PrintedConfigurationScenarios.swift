import TestSupport
import Testing

/// Each configuration that a document prints passes `check` and is served by `run`.
@Suite struct PrintedConfigurationScenarios {
    /// A configuration, or a part of one, and where it is printed.
    struct Printed: Sendable, CustomTestStringConvertible {
        let place: String
        let text: String
        var testDescription: String { place }
    }

    private static let root = ModuleBuild.root

    private static func read(_ path: String) throws -> String {
        try Command.succeed(["cat", "\(root)/\(path)"])
    }

    /// All of them: fenced blocks, the manual page, the sample, and the files themselves.
    static let printed: [Printed] = {
        do {
            return try blocks + manual + sample + files
        } catch {
            return [Printed(place: "\(error)", text: "unreadable")]
        }
    }()

    private static var blocks: [Printed] {
        get throws {
            let paths = try Command.succeed([
                "sh", "-c", "cd \"$0\" && git ls-files '*.md'", root,
            ]).split(separator: "\n").map(String.init)
            return try paths.flatMap { path in try blocks(of: read(path), in: path) }
        }
    }

    /// The fenced blocks that are INI files or have a section of one.
    private static func blocks(of document: String, in path: String) -> [Printed] {
        var (found, block) = ([Printed](), [Substring]?.none)
        var (start, isINI) = (0, false)
        for (number, line) in document.split(
            separator: "\n", omittingEmptySubsequences: false
        ).enumerated() {
            guard line.hasPrefix("```") else {
                block?.append(line)
                continue
            }
            guard let lines = block else {
                (block, start, isINI) = ([], number + 2, line == "```ini")
                continue
            }
            block = nil
            guard isINI || lines.contains(where: PrintedConfigurationScenarios.isSection) else {
                continue
            }
            found.append(
                Printed(place: "\(path):\(start)", text: lines.joined(separator: "\n") + "\n"))
        }
        return found
    }

    private static func isSection(_ line: Substring) -> Bool {
        line.firstMatch(of: /^\[(Server|PathMap|(Ics)?Host ?\w+|Target ?\w+)\]/) != nil
    }

    private static func isHost(_ line: Substring) -> Bool {
        line.firstMatch(of: /^\[(Ics)?Host ?\w+\]/) != nil
    }

    /// What icshostd.conf(5) prints as it is.
    private static var manual: [Printed] {
        get throws {
            try read("docs/man/icshostd.conf.5").matches(of: /\.nf\n((?s).*?)\.fi\n/).map { match in
                Printed(
                    place: "icshostd.conf.5",
                    text: String(match.1).replacing("\\e", with: "\\").replacing("\\-", with: "-"))
            }
        }
    }

    /// The example at the end of the installed file, uncommented.
    private static var sample: [Printed] {
        get throws {
            let lines = try read("etc/icshostd.conf").split(separator: "\n")
            let example = lines.drop { !$0.hasPrefix("; Example") }.dropFirst()
            return [
                Printed(
                    place: "etc/icshostd.conf",
                    text: example.map { "\($0.dropFirst())\n" }.joined())
            ]
        }
    }

    private static var files: [Printed] {
        get throws {
            let paths = try Command.succeed([
                "sh", "-c", "cd \"$0\" && git ls-files 'Examples/*.conf' etc/demo.conf", root,
            ])
            return try paths.split(separator: "\n").map {
                Printed(place: String($0), text: try read(String($0)))
            }
        }
    }

    @Test func theyAreFound() {
        let places = Set(Self.printed.map { $0.place.prefix { $0 != ":" } })
        for place in [
            "README.md", "docs/MODULES.md", "docs/WRITING-A-HANDLER.md", "icshostd.conf.5",
            "etc/icshostd.conf", "etc/demo.conf", "Examples/Chat/chat.conf",
        ] { #expect(places.contains(place[...]), "\(place)") }
    }

    @Test(arguments: printed) func isCheckedAndServed(_ printed: Printed) throws {
        let directory = try TemporaryDirectory()
        let whole = try Completion(of: printed.text, in: directory)
        let file = try directory.write(whole.text, to: "printed.conf")
        let check = try Icshostd.run("check", "--config", file)
        #expect(check.end == .exited(0), "\(whole.text)\n\(check.errors)")
        let daemon = try DaemonProcess(whole.text, in: directory)
        try daemon.waitForStatus(
            "\(whole.hosts) of \(whole.hosts) host\(whole.hosts == 1 ? "" : "s") up, ")
        #expect(try daemon.stop() == .exited(0))
    }

    /// A printed text as a whole file for this machine: what a part lacks is added, and ports, paths
    /// and handlers that are only somewhere else have others here.
    private struct Completion {
        private(set) var text = ""
        private(set) var hosts = 0
        private var ports: [String: ReservedPort] = [:]
        private let directory: TemporaryDirectory

        /// The handlers that examples bring, with their keys.
        private static let foreign = ["greeting": ["greeting"], "chat": []]

        init(of printed: String, in directory: TemporaryDirectory) throws {
            self.directory = directory
            var lines = printed.split(separator: "\n")
            if !lines.contains(where: PrintedConfigurationScenarios.isSection) {
                let isPaths = lines.contains { $0.contains(":\\") }
                lines.insert(isPaths ? "[PathMap]" : "[IcsHost1]", at: 0)
            }
            if !lines.contains(where: PrintedConfigurationScenarios.isHost) {
                lines.append("[IcsHost1]")
            }
            var section: [Substring] = []
            for line in lines {
                if line.hasPrefix("[") {
                    try add(section)
                    section = []
                }
                section.append(line)
            }
            try add(section)
        }

        private mutating func add(_ section: [Substring]) throws {
            var keys: Set<String> = []
            let dropped = section.lazy.compactMap { Self.foreign[Self.parts($0).value] }.first ?? []
            for line in section {
                let (key, value) = Self.parts(line)
                guard !dropped.contains(key) else { continue }
                keys.insert(key)
                text += value.isEmpty ? "\(line)\n" : try "\(key)=\(here(key, value))\n"
            }
            guard let first = section.first, PrintedConfigurationScenarios.isHost(first) else {
                return
            }
            hosts += 1
            let isRedirect = keys.contains("webredirecturl")
            let missing = [
                ("hosts", "Hosts=a\(hosts).test"), ("bindipaddr", "BindIpAddr=127.0.0.1"),
                ("handler", isRedirect ? nil : "Handler=echo"),
                (keys.contains("bindsslport") ? "bindsslport" : "bindnonport", "BindNonPort=auto"),
            ].filter { !keys.contains($0.0) }.compactMap(\.1)
            text += missing.map { "\($0)\n" }.joined()
        }

        /// The key in lower case and the value of a line; no value for another line.
        private static func parts(_ line: Substring) -> (key: String, value: String) {
            guard !line.hasPrefix(";"), !line.hasPrefix("["), let sign = line.firstIndex(of: "=")
            else { return ("", "") }
            return (line[..<sign].lowercased(), String(line[line.index(after: sign)...]))
        }

        private mutating func here(_ key: String, _ value: String) throws -> String {
            switch key {
            case "bindnonport", "bindsslport":
                guard Int(value) ?? 0 > 0 else { return value }
                let port = try ports[value] ?? ReservedPort()
                ports[value] = port
                return "\(port.number)"
            case "module":
                return try ModuleBuild.compile("Examples/Modules/echo.c", in: directory)
            case "handler" where Self.foreign[value] != nil: return "echo"
            case "statedirectory": return directory("state")
            case "webdocdir", "wellknownpath", "weberrordir", "weblogdir":
                return value.hasPrefix("/") ? directory.path : "\(ModuleBuild.root)/\(value)"
            default: return value
            }
        }
    }
}
