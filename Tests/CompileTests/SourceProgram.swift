import Configuration
import TestSupport
import Testing

/// A program of a handler's author, compiled against the modules that were built with these tests.
struct SourceProgram: Sendable {
    /// An error of the compiler: its line, and what its message has in it.
    struct Diagnostic: Hashable, Sendable {
        let line: Int
        let message: String
    }

    let name: String
    private let path: String
    private let lines: [Substring]

    private static let folder =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        .joined(separator: "/") + "/"

    /// The programs of a folder, by name.
    static func all(in folder: String) -> [SourceProgram] {
        Surroundings.Files.disk.list(Self.folder + folder + "/*.swift")
            .compactMap { try? SourceProgram($0) }
    }

    private init(_ path: String) throws {
        self.path = path
        name = String(path.split(separator: "/").last ?? "")
        lines = String(decoding: try ConfigurationFile.read(path: path), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// What the comments `// error: MESSAGE` expect, each of the line below it.
    var expected: [Diagnostic] {
        lines.enumerated().compactMap { index, line in
            line.firstMatch(of: /^ *\/\/ error: (.+)$/).map {
                Diagnostic(line: index + 2, message: String($0.1))
            }
        }
    }

    /// What finds the C modules that the modules of SocketServer import.
    private static let modulesOfC: [String] = {
        let built = Surroundings.Files.disk.list(Icshostd.directory + "/*.build/module.modulemap")
        let sources = Self.folder + "../../Sources/"
        return built.flatMap { ["-Xcc", "-fmodule-map-file=\($0)"] }
            + ["COpenSSL", "CHandlerModule"].flatMap { ["-I", sources + $0] }
    }()

    /// The errors and warnings of the compiler.
    ///
    /// It goes as far as the passes that check regions; -typecheck ends before them.
    func compile(_ flags: [String] = []) throws -> [Diagnostic] {
        let command = try Command(
            [
                "swiftc", "-parse-as-library", "-emit-sil", "-o", "/dev/null", "-swift-version",
                "6",
                "-diagnostic-style", "llvm", "-I", Icshostd.directory + "/Modules",
            ] + Self.modulesOfC + flags + [path])
        let found = command.errors.split(separator: "\n").compactMap { line -> Diagnostic? in
            guard let match = line.firstMatch(of: /^(.*):(\d+):\d+: (?:error|warning): (.*)$/),
                let number = Int(match.2)
            else { return nil }
            guard match.1 == path else { return Diagnostic(line: 0, message: String(line)) }
            return Diagnostic(line: number, message: String(match.3))
        }
        guard found.isEmpty, command.end != .exited(0) else { return found }
        throw TestFailure("swiftc: \(command.end)\n\(command.errors)")
    }
}

extension SourceProgram: CustomTestStringConvertible {
    var testDescription: String { name }
}
