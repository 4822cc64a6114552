import Testing

/// Which module may import which: the table that `docs/ARCHITECTURE.md` prints.
@Suite struct LayersTests {
    private struct Layer {
        let height: Int
        /// The modules of this package and of others.
        let imports: Set<String>
        /// The modules of the system.
        var system: Set<String> = []
    }

    private static let layers: [String: Layer] = [
        "NetworkTypes": Layer(height: 1, imports: [], system: ["Glibc"]),
        "TextFormats": Layer(height: 1, imports: [], system: ["Synchronization"]),
        "HTTP": Layer(height: 2, imports: ["TextFormats"]),
        "Configuration": Layer(
            height: 3, imports: ["HandlerAPI", "Limiting", "TextFormats", "NetworkTypes"],
            system: ["Glibc"]),
        "Platform": Layer(
            height: 2, imports: ["NetworkTypes", "CLinux"], system: ["Glibc", "Synchronization"]),
        "Limiting": Layer(height: 2, imports: ["NetworkTypes"]),
        "HandlerAPI": Layer(height: 2, imports: ["NetworkTypes"], system: ["Glibc"]),
        "ProxyProtocol": Layer(height: 2, imports: ["NetworkTypes"]),
        "TLS": Layer(
            height: 3, imports: ["Platform", "TextFormats", "NetworkTypes", "COpenSSL"],
            system: ["Glibc"]),
        "Systemd": Layer(height: 3, imports: ["Platform", "CSystemd"], system: ["Glibc"]),
        "Planning": Layer(
            height: 4, imports: ["Configuration", "HandlerAPI", "TextFormats", "NetworkTypes"]),
        "EventLoops": Layer(
            height: 3, imports: ["Platform", "CLinux"], system: ["Glibc"]),
        "Files": Layer(
            height: 3, imports: ["Platform", "TextFormats", "CFiles"],
            system: ["Glibc", "Synchronization"]),
        "Handlers": Layer(
            height: 4,
            imports: [
                "HandlerAPI", "HTTP", "Files", "ProxyProtocol", "TextFormats", "NetworkTypes",
                "CHandlerModule",
            ],
            system: ["Glibc", "Synchronization"]),
        "HandlerTesting": Layer(
            height: 4, imports: ["HandlerAPI", "Configuration", "Platform", "NetworkTypes"],
            system: ["Glibc"]),
        "Serving": Layer(
            height: 5,
            imports: [
                "Planning", "Configuration", "EventLoops", "Platform", "TLS", "HandlerAPI",
                "TextFormats", "NetworkTypes", "HTTP", "Limiting", "ProxyProtocol",
            ], system: ["Glibc", "Synchronization"]),
        "SocketServer": Layer(
            height: 6,
            imports: [
                "Serving", "Planning", "Configuration", "EventLoops", "Platform", "Files",
                "HandlerAPI", "Handlers", "NetworkTypes",
            ], system: ["Synchronization"]),
        "SocketServerDaemon": Layer(
            height: 7,
            imports: [
                "SocketServer", "Configuration", "Planning", "Serving", "EventLoops", "Platform",
                "Files",
                "Systemd", "HandlerAPI", "TextFormats", "NetworkTypes", "ArgumentParser",
            ], system: ["Glibc", "Synchronization"]),
        "SocketServerLifecycle": Layer(height: 7, imports: ["SocketServer", "ServiceLifecycle"]),
        "SocketServerLogging": Layer(
            height: 7, imports: ["SocketServer", "HandlerAPI", "Logging"]),
        "SocketServerMetrics": Layer(
            height: 7, imports: ["SocketServer", "HandlerAPI", "CoreMetrics"]),
        "icshostd": Layer(height: 8, imports: ["SocketServerDaemon", "Handlers"]),
    ]

    /// The modules of C headers, each with those who may import it.
    private static let headers: [String: Set] = [
        "CLinux": ["Platform", "EventLoops"], "CFiles": ["Files"], "COpenSSL": ["TLS"],
        "CSystemd": ["Systemd"], "CHandlerModule": ["Handlers"],
    ]

    /// Programs of C, which import nothing and which nobody imports.
    private static let programs: Set = ["CExec"]

    @Test func everyFolderHasALayer() {
        let known = Set(Self.layers.keys).union(Self.headers.keys).union(Self.programs)
        #expect(Set(Repository.names(in: "Sources")) == known)
    }

    @Test(arguments: layers.keys.sorted())
    func importsWhatTheTableSays(_ module: String) throws {
        let layer = try #require(Self.layers[module])
        let files = Repository.sources.filter { $0.module == module }
        let allowed = layer.imports.union(layer.system)
        for file in files {
            for name in file.imports where !allowed.contains(name) {
                Issue.record("\(file.place) imports \(name), which \(module) may not")
            }
        }
        #expect(
            allowed.subtracting(files.flatMap(\.imports)) == [],
            "the table allows \(module) what it does not use")
    }

    @Test(arguments: layers.keys.sorted())
    func theDocumentPrintsTheTable(_ module: String) throws {
        let layer = try #require(Self.layers[module])
        let rows = Repository.text(of: "docs/ARCHITECTURE.md").split(separator: "\n")
        let row = try #require(rows.first { $0.hasPrefix("| \(layer.height) | `\(module)` |") })
        let cell = try #require(row.split(separator: "|").last)
        let names = cell.matches(of: /\w+/).map { String($0.0) }
        #expect(Set(names) == layer.imports.union(layer.system))
    }

    @Test(arguments: layers.keys.sorted())
    func importsFromBelowOnly(_ module: String) throws {
        let layer = try #require(Self.layers[module])
        for name in layer.imports {
            let height = Self.layers[name]?.height ?? 0
            #expect(height < layer.height, "\(module) is not above \(name)")
        }
    }

    @Test(arguments: headers.keys.sorted())
    func headersHaveTheirImporters(_ header: String) {
        let importers = Repository.sources.filter { $0.imports.contains(header) }.map(\.module)
        #expect(Set(importers) == Self.headers[header])
    }

    @Test(arguments: layers.keys.sorted())
    func thePackageDeclaresTheSame(_ module: String) throws {
        let package = String(decoding: Repository.bytes(of: "Package.swift"), as: UTF8.self)
        let layer = try #require(Self.layers[module])
        // `layer("Name", [` or `name: "Name", dependencies: [`, then all up to the end of the list.
        let declaration = try Regex(
            #"(?s)(?:layer\(|\.executableTarget\(\s*name:)\s*"\#(module)",[^\[]*\[(.*?)\]"#,
            as: (Substring, Substring).self)
        let list = try #require(package.firstMatch(of: declaration)?.1)
        let declared = list.replacing(/package:\s*"[^"]*"/, with: "").matches(of: /"([^"]*)"/)
            .map { String($0.1) }
        #expect(Set(declared) == layer.imports)
    }
}
