// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "InServiceGroup",
    dependencies: [
        .package(name: "icshostd", path: "../.."), .package(path: "../Support"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .executableTarget(
            name: "InServiceGroup",
            dependencies: [
                .product(name: "SocketServerLifecycle", package: "icshostd"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "InServiceGroupTests",
            dependencies: [
                "InServiceGroup", .product(name: "ExampleSupport", package: "Support"),
            ]),
    ]
)
