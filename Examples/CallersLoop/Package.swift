// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "CallersLoop",
    dependencies: [
        .package(name: "icshostd", path: "../.."), .package(path: "../Support"),
    ],
    targets: [
        .executableTarget(
            name: "CallersLoop",
            dependencies: [.product(name: "SocketServer", package: "icshostd")]),
        .testTarget(
            name: "CallersLoopTests",
            dependencies: ["CallersLoop", .product(name: "ExampleSupport", package: "Support")]),
    ]
)
