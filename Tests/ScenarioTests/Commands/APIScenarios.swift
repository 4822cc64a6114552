import Glibc
import TestSupport
import Testing

/// `docs/API.txt` lists the public symbols of the library, so that none changes by accident.
@Suite struct APIScenarios {
    /// The modules that programs import, with those that these re-export.
    private static let modules = [
        "NetworkTypes", "HandlerAPI", "Handlers", "SocketServer", "SocketServerDaemon",
        "HandlerTesting", "SocketServerLifecycle", "SocketServerLogging", "SocketServerMetrics",
    ]

    private static let path =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
        .joined(separator: "/") + "/docs/API.txt"

    /// Compares, or with `RECORD=1` in the environment writes the file anew.
    @Test func theListHasEachPublicSymbol() throws {
        let lines = try PublicAPI(of: Self.modules).lines
        let text = lines.map { "\($0)\n" }.joined()
        if unsafe getenv("RECORD") != nil {
            let file = unsafe fopen(Self.path, "w")
            if let file = unsafe file {
                _ = unsafe fputs(text, file)
                _ = unsafe fclose(file)
            }
        }
        let listed = Set(try Command.succeed(["cat", Self.path]).split(separator: "\n"))
        let found = Set(text.split(separator: "\n"))
        let remedy = "on purpose? RECORD=1 swift test --skip-build --filter APIScenarios"
        #expect(found.subtracting(listed).sorted() == [], "new in the API: \(remedy)")
        #expect(listed.subtracting(found).sorted() == [], "gone from the API: \(remedy)")
        #expect(found.count > 500)
    }
}
