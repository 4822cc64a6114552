// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "Echo",
    dependencies: [
        .package(name: "icshostd", path: "../.."), .package(path: "../Support"),
    ],
    targets: [
        .executableTarget(
            name: "Echo",
            dependencies: [.product(name: "SocketServer", package: "icshostd")]),
        .testTarget(
            name: "EchoTests",
            dependencies: ["Echo", .product(name: "ExampleSupport", package: "Support")]),
    ]
)
