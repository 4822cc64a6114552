import Testing

/// What is called what, and who may see it.
@Suite struct NameTests {
    /// Files that are not named like a type in them.
    private static let otherwiseNamed: Set = [
        // Imports that are exported.
        "SocketServer/Exports.swift",
        // A callback of libssl.
        "TLS/Session/ClientHello.swift",
        // The results of the three calls of a session.
        "TLS/Session/TLSResults.swift",
    ]

    /// What kind of thing a line at the left margin declares, and its name.
    private static func declared(_ line: Substring) -> (kind: Substring, name: Substring)? {
        guard line.isAtMargin else { return nil }
        let attributes = /^(?:@\w+\s+)*(?:(?:public|package|open|private|internal|final)\s+)*/
        let rest = line.replacing(attributes, with: "", maxReplacements: 1)
        let match = rest.firstMatch(of: /^(struct|class|enum|protocol|actor|extension)\s+(\w+)/)
        return match.map { ($0.1, $0.2) }
    }

    @Test func filesAreNamedLikeTheirType() {
        let misnamed = Repository.sources.filter { file in
            let parts = file.stem.split(separator: "+", maxSplits: 1)
            let isExtension = parts.count > 1
            return !file.code.contains { line in
                guard let found = Self.declared(line) else { return false }
                return found.name == parts[0] && (found.kind == "extension") == isExtension
            }
        }
        #expect(Set(misnamed.map(\.place)) == Self.otherwiseNamed)
    }

    @Test func noModuleIsNamedLikeATypeInIt() {
        for file in Repository.sources + Repository.tests {
            for line in file.code {
                guard let found = Self.declared(line), found.kind != "extension" else { continue }
                // Programs read better with SocketServer(...) than with any other name.
                guard !found.name.hasPrefix("SocketServer") else { continue }
                #expect(found.name != file.module, "\(file.path)")
            }
        }
    }

    /// Modules that programs import.
    private static let libraries: Set = [
        "HandlerAPI", "HandlerTesting", "NetworkTypes", "SocketServer", "SocketServerLifecycle",
        "SocketServerLogging", "SocketServerMetrics",
    ]

    /// Files with public enumerations that get no more cases, or have none.
    private static let closedEnumerations: Set = [
        "NetworkTypes/IPAddress.swift", "HandlerAPI/Handler/LogLevel.swift",
        "HandlerAPI/Handler/WallClock.swift", "Handlers/BuiltinHandlers.swift",
        "SocketServerDaemon/Commands/Daemon.swift",
    ]

    @Test func otherPublicEnumerationsMayGrow() {
        let closed = Repository.sources.filter { file in
            file.code.indices.contains { index in
                file.code[index].contains(/\bpublic enum\b/)
                    && !(index > 0 && file.code[index - 1].contains("@nonexhaustive"))
            }
        }
        #expect(Set(closed.map(\.place)) == Self.closedEnumerations)
    }

    @Test func whatIsPublicIsTheHandlerContract() {
        let found = Repository.sources.filter {
            $0.has(/\bpublic\b|\bopen\s+(?:class|func|var|subscript)\b/)
        }.map {
            Self.libraries.contains($0.module)
                ? $0.module : $0.place
        }
        #expect(
            Set(found) == [
                "HandlerAPI", "HandlerTesting", "NetworkTypes", "SocketServer",
                "SocketServerLifecycle", "SocketServerLogging", "SocketServerMetrics",
                "Handlers/BuiltinHandlers.swift",
                "SocketServerDaemon/Commands/Daemon.swift",
                "SocketServerDaemon/Commands/DaemonProgram.swift",
            ])
    }
}
