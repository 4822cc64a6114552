// swift-tools-version: 6.3
import PackageDescription

/// What every Swift target is compiled with: the strictest settings that are not experimental.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// A Swift target of ours under `Sources/`.
func layer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// The tests of one target, or of the whole program.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
    name: "icshostd",
    products: [
        .executable(name: "icshostd", targets: ["icshostd"]),
        .executable(name: "icshostd-exec", targets: ["CExec"]),
        .library(name: "SocketServer", targets: ["SocketServer"]),
        .library(name: "SocketServerDaemon", targets: ["SocketServerDaemon"]),
        .library(name: "HandlerTesting", targets: ["HandlerTesting"]),
        .library(name: "SocketServerLifecycle", targets: ["SocketServerLifecycle"]),
        .library(name: "SocketServerLogging", targets: ["SocketServerLogging"]),
        .library(name: "SocketServerMetrics", targets: ["SocketServerMetrics"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // SwiftPM builds these only for products that need them.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // 0: C headers, each with one importer.
        .target(name: "CLinux"),
        .target(name: "CFiles"),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CHandlerModule"),
        // 0: a program of its own, which sets what the programs of handler `exec` start with.
        .executableTarget(name: "CExec"),
        // 1
        layer("NetworkTypes", []),
        layer("TextFormats", []),
        // 2
        layer("HTTP", ["TextFormats"]),
        layer("Platform", ["NetworkTypes", "CLinux"]),
        layer("HandlerAPI", ["NetworkTypes"]),
        layer("Limiting", ["NetworkTypes"]),
        layer("ProxyProtocol", ["NetworkTypes"]),
        // 3
        layer("Configuration", ["HandlerAPI", "Limiting", "TextFormats", "NetworkTypes"]),
        layer("EventLoops", ["Platform", "CLinux"]),
        layer("Systemd", ["Platform", "CSystemd"]),
        layer("TLS", ["Platform", "TextFormats", "NetworkTypes", "COpenSSL"]),
        layer("Files", ["Platform", "TextFormats", "CFiles"]),
        // 4
        layer("Planning", ["Configuration", "HandlerAPI", "TextFormats", "NetworkTypes"]),
        layer("HandlerTesting", ["HandlerAPI", "Configuration", "Platform", "NetworkTypes"]),
        layer(
            "Handlers",
            [
                "HandlerAPI", "HTTP", "Files", "ProxyProtocol", "TextFormats", "NetworkTypes",
                "CHandlerModule",
            ]),
        // 5
        layer(
            "Serving",
            [
                "Planning", "Configuration", "EventLoops", "Platform", "TLS", "HandlerAPI",
                "TextFormats", "NetworkTypes", "HTTP", "Limiting", "ProxyProtocol",
            ]),
        // 6
        layer(
            "SocketServer",
            [
                "Serving", "Planning", "Configuration", "EventLoops", "Platform", "Files",
                "HandlerAPI", "Handlers", "NetworkTypes",
            ]),
        // 7
        layer(
            "SocketServerDaemon",
            [
                "SocketServer", "Configuration", "Planning", "Serving", "EventLoops", "Platform",
                "Files",
                "Systemd", "HandlerAPI", "TextFormats", "NetworkTypes",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        layer(
            "SocketServerLifecycle",
            [
                "SocketServer",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        layer(
            "SocketServerLogging",
            ["SocketServer", "HandlerAPI", .product(name: "Logging", package: "swift-log")]),
        layer(
            "SocketServerMetrics",
            ["SocketServer", "HandlerAPI", .product(name: "CoreMetrics", package: "swift-metrics")]),
        // 8
        .executableTarget(
            name: "icshostd", dependencies: ["SocketServerDaemon", "Handlers"],
            swiftSettings: settings),

        tests("NetworkTypesTests", ["NetworkTypes"]),
        tests("TextFormatsTests", ["TextFormats"]),
        tests("HTTPTests", ["HTTP", "TextFormats"]),
        tests("LimitingTests", ["Limiting", "NetworkTypes", "TestSupport"]),
        tests("FilesTests", ["Files", "Platform", "TestSupport"]),
        tests(
            "ConfigurationTests",
            [
                "Configuration", "HandlerAPI", "NetworkTypes", "SocketServerDaemon", "Handlers",
                "TestSupport",
            ]),
        tests(
            "PlanningTests",
            ["Planning", "Configuration", "HandlerAPI", "NetworkTypes", "TestSupport"]),
        tests("ProxyProtocolTests", ["ProxyProtocol", "NetworkTypes"]),
        tests("PlatformTests", ["Platform", "NetworkTypes", "TestSupport"]),
        tests("EventLoopsTests", ["EventLoops", "Platform", "NetworkTypes", "TestSupport"]),
        tests("TLSTests", ["TLS", "TestSupport"]),
        tests("SystemdTests", ["Systemd", "Platform", "TestSupport"]),
        tests(
            "SocketServerTests",
            [
                "SocketServer", "Serving", "Planning", "Configuration", "Platform", "HandlerAPI",
                "NetworkTypes", "TestSupport",
            ]),
        tests(
            "SocketServerDaemonTests",
            [
                "SocketServerDaemon", "SocketServer", "Serving", "Planning", "Configuration",
                "EventLoops",
                "Platform",
                "HandlerAPI", "Systemd", "NetworkTypes", "TextFormats", "TestSupport",
            ]),
        // The clients and processes of the tests below.
        .target(
            name: "TestSupport",
            dependencies: ["EventLoops", "Platform", "COpenSSL", "HandlerAPI", "Handlers"],
            path: "Tests/TestSupport", swiftSettings: settings),
        tests(
            "HandlersTests",
            [
                "Handlers", "HandlerAPI", "HandlerTesting", "HTTP", "Files", "Platform",
                "NetworkTypes",
                "TestSupport",
            ]),
        tests(
            "ServingTests",
            [
                "Serving", "HandlerAPI", "Handlers", "HandlerTesting", "Planning",
                "Configuration", "NetworkTypes", "EventLoops", "Platform", "TLS", "TestSupport",
            ]),
        tests(
            "ScenarioTests",
            [
                "icshostd", "BlockingDaemon", "TestSupport", "TextFormats", "EventLoops",
                "Platform",
            ]),
        tests(
            "IntegrationTests",
            [
                "SocketServer", "SocketServerLifecycle", "SocketServerLogging",
                "SocketServerMetrics", "LifecycleProgram", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "InMemoryLogging", package: "swift-log"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        // A server in a service group, which gets real signals.
        .executableTarget(
            name: "LifecycleProgram",
            dependencies: [
                "SocketServer", "SocketServerLifecycle",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Tests/LifecycleProgram", swiftSettings: settings),
        // The same as an installed service under a real systemd, as root.
        tests(
            "SystemdScenarioTests",
            ["icshostd", "BlockingDaemon", "TestSupport", "EventLoops", "Platform"]),
        // A daemon with handlers that block their loops.
        .executableTarget(
            name: "BlockingDaemon",
            dependencies: ["SocketServerDaemon", "HandlerAPI", "Handlers", "TestSupport"],
            path: "Tests/BlockingDaemon", swiftSettings: settings),
        // Programs that the compiler must reject, and handlers that it must accept.
        .testTarget(
            name: "CompileTests",
            dependencies: ["HandlerAPI", "SocketServer", "Configuration", "TestSupport"],
            exclude: ["Rejected", "Accepted"], swiftSettings: settings),
        // The rules of docs/STYLE.md that neither compiler nor formatter knows.
        tests("TidyTests", []),
    ]
)
