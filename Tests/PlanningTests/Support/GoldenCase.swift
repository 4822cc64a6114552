import Configuration
import Glibc
import HandlerAPI
import Planning
import Testing

/// A file `Tests/Fixtures/config/*.case`: a configuration, a line `----`, what `check` says of it
/// and, unless that has errors, what `plan` prints; `convert` where the first line asks for the
/// settings.
///
/// Lines `---- NAME` before that begin further files, which the first, named `c`, may include.
struct GoldenCase: Sendable {
    let name: String
    /// What is read, by name; `c` is the configuration itself.
    let files: [String: [UInt8]]
    /// What is expected to be printed.
    let expected: String
    private let input: [UInt8]

    private static let folder =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/") + "/Fixtures/config/"

    /// All there are, in the order of their names.
    static let all: [GoldenCase] =
        Surroundings.Files.disk.list(folder + "*.case").compactMap { path in
            try? GoldenCase(String(path.dropFirst(folder.count)))
        }

    /// The handlers of the cases; `pages` has a key of every kind.
    static let handlers = [
        HandlerDeclaration(name: "echo"), HandlerDeclaration(name: "discard"),
        HandlerDeclaration(
            name: "proxy",
            traits: HandlerTraits(usesTargets: true, impliedBy: [.targets()])),
        HandlerDeclaration(
            name: "redirect", keys: redirection,
            traits: HandlerTraits(
                speaksHTTP: true, redirect: .init(addressKey: address),
                impliedBy: [
                    .keys(address, status, precedence: .first),
                    .keys(address, precedence: .last),
                ])),
        HandlerDeclaration(
            name: "web",
            keys: redirection + [documents],
            traits: HandlerTraits(
                speaksHTTP: true,
                redirect: .init(addressKey: address, statusKey: status),
                impliedBy: [.keys(documents)])),
        HandlerDeclaration(
            name: "pages",
            keys: [
                HandlerKey("Greeting", .text, default: "", help: "a text"),
                HandlerKey("Count", .integer(1...9), default: 1, help: "a number"),
                HandlerKey("Loud", .boolean, default: false, help: "a boolean"),
                HandlerKey(
                    "Pause", .duration(upTo: .seconds(60)), default: .seconds(1), help: "a time"),
                HandlerKey("Style", .choice(["plain", "fancy"]), default: "plain", help: "a word"),
                HandlerKey("Root", .path, default: nil, help: "a path"),
                HandlerKey("Index", .list, default: ["a", "b"], help: "a list"),
                HandlerKey("Line", .texts, default: [], help: "texts"),
                HandlerKey("Peer", .hostPort, default: nil, help: "a machine"),
                HandlerKey("Machine", .hostName, default: nil, help: "a machine"),
                HandlerKey("Cache", .size(upTo: 1 << 20), default: 1_024, help: "bytes"),
                HandlerKey("Umask", .mode, default: 0o022, help: "permissions"),
                HandlerKey("PersistentHeader", .texts, default: [], help: "a key of ICS"),
            ]),
    ]

    private static let address = HandlerKey(
        "WebRedirectURL", .text, default: "", help: "an address")
    private static let status = HandlerKey(
        "WebRedirectStat", .choice(["0", "301", "302"]), default: "0", help: "a status")
    private static let redirection: [any DeclaredKey] = [address, status]
    private static let documents = HandlerKey("WebDocDir", .path, default: nil, help: "a directory")

    private init(_ name: String) throws(ConfigurationFileError) {
        let bytes = try ConfigurationFile.read(path: Self.folder + name)
        var files: [String: [UInt8]] = [:]
        var file = "c"
        var (start, end) = (0, bytes.count)
        while start < bytes.count {
            let lineEnd = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let line = bytes[start..<lineEnd]
            let next = min(lineEnd + 1, bytes.count)
            if line.elementsEqual("----".utf8) {
                end = start
                start = next
                break
            }
            if line.starts(with: "---- ".utf8) {
                file = String(decoding: line.dropFirst(5), as: UTF8.self)
                files[file] = []
            } else {
                files[file, default: []] += bytes[start..<next]
            }
            start = next
        }
        self.name = name
        self.files = files
        input = Array(bytes[..<end])
        expected = String(decoding: bytes[start...], as: UTF8.self)
    }

    /// The text of all files, as far as it is one.
    var text: String {
        files.sorted { $0.key < $1.key }.map { String(decoding: $0.value, as: UTF8.self) }.joined()
    }

    /// What is printed now.
    func run() -> String {
        let files = self.files
        let surroundings = Surroundings(
            files: .init(
                read: { path throws(ConfigurationFileError) in
                    if let bytes = files[path] { return bytes }
                    throw ConfigurationFileError(path: path, reason: .missing)
                },
                matching: { pattern in
                    files.keys.filter { unsafe fnmatch(pattern, $0, FNM_PATHNAME) == 0 }.sorted()
                }, identity: { $0.replacing("./", with: "") }),
            variable: { ["SET": "value", "BLANK": "", "LINES": "two\nlines"][$0] })
        var loaded = LoadedConfiguration(
            bytes: files["c"] ?? [], file: "c", handlers: Self.handlers,
            surroundings: surroundings)
        let (plan, diagnostics) = Planner.plan(loaded.settings)
        loaded.diagnostics.append(contentsOf: diagnostics)
        let isConversion = (files["c"] ?? []).starts(with: "; print settings\n".utf8)
        if isConversion { loaded.settings.noteSilentSections(into: &loaded.diagnostics) }
        guard !loaded.diagnostics.hasErrors else { return loaded.report }
        return loaded.report
            + (isConversion ? SettingsPrinter.text(loaded.settings) : PlanTable(plan).text)
    }

    /// Writes what is printed now as what is expected.
    func record() {
        guard let file = unsafe fopen(Self.folder + name, "w") else { return }
        let bytes = input + Array("----\n".utf8) + Array(run().utf8)
        _ = unsafe fwrite(bytes, 1, bytes.count, file)
        _ = unsafe fclose(file)
    }
}

extension GoldenCase: CustomTestStringConvertible {
    var testDescription: String { name }
}
