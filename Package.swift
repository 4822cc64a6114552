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
        .library(name: "SocketServer", targets: ["Daemon", "HandlerAPI", "Handlers"]),
        .library(name: "HandlerTesting", targets: ["HandlerTesting"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
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
        layer("HTTP1", []),
        // 2
        layer("Configuration", ["NetworkTypes"]),
        layer("EventLoops", ["NetworkTypes", "CLinux"]),
        layer("HandlerAPI", ["NetworkTypes"]),
        layer("TLS", ["COpenSSL", "NetworkTypes"]),
        layer("Systemd", ["CSystemd"]),
        // 3
        layer("Planning", ["Configuration", "NetworkTypes"]),
        layer("Files", ["EventLoops", "CFiles"]),
        // 4
        layer("Handlers", ["HandlerAPI", "HTTP1", "Files", "NetworkTypes", "CHandlerModule"]),
        layer(
            "Serving",
            [
                "Planning", "Configuration", "EventLoops", "TLS", "HandlerAPI", "NetworkTypes",
                "HTTP1",
            ]),
        // 5
        layer("HandlerTesting", ["HandlerAPI", "Configuration", "Serving", "NetworkTypes"]),
        layer(
            "Daemon",
            [
                "Configuration", "Planning", "Serving", "EventLoops", "Files", "Systemd",
                "HandlerAPI", "NetworkTypes",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        // 6
        .executableTarget(
            name: "icshostd", dependencies: ["Daemon", "Handlers"], swiftSettings: settings),

        tests("NetworkTypesTests", ["NetworkTypes"]),
        tests("HTTP1Tests", ["HTTP1"]),
        tests("FilesTests", ["Files", "EventLoops", "TestSupport"]),
        tests(
            "ConfigurationTests",
            ["Configuration", "NetworkTypes", "Daemon", "Handlers", "Serving"]),
        tests("PlanningTests", ["Planning", "Configuration", "NetworkTypes"]),
        tests("EventLoopsTests", ["EventLoops", "NetworkTypes", "TestSupport"]),
        tests("TLSTests", ["TLS"]),
        tests("SystemdTests", ["Systemd"]),
        tests("DaemonTests", ["Daemon", "EventLoops", "HandlerAPI", "Systemd"]),
        // The clients and processes of the tests below.
        .target(
            name: "TestSupport", dependencies: ["EventLoops", "COpenSSL"],
            path: "Tests/TestSupport", swiftSettings: settings),
        tests("HandlersTests", ["Handlers", "HandlerAPI", "HandlerTesting", "NetworkTypes"]),
        tests(
            "ServingTests",
            [
                "Serving", "HandlerAPI", "HandlerTesting", "Planning", "Configuration",
                "NetworkTypes", "EventLoops",
                "TLS", "TestSupport",
            ]),
        tests("ScenarioTests", ["icshostd", "TestSupport", "EventLoops"]),
        // The same as an installed service under a real systemd, as root.
        tests(
            "SystemdScenarioTests", ["icshostd", "BlockingDaemon", "TestSupport", "EventLoops"]),
        // A daemon with a handler that blocks, for the watchdog.
        .executableTarget(
            name: "BlockingDaemon", dependencies: ["Daemon", "HandlerAPI", "Handlers"],
            path: "Tests/BlockingDaemon", swiftSettings: settings),
        // The rules of docs/STYLE.md that neither compiler nor formatter knows.
        tests("TidyTests", []),
    ]
)
