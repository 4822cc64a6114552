// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "OwnKeys",
    dependencies: [
        .package(name: "icshostd", path: "../.."), .package(path: "../Support"),
    ],
    targets: [
        .executableTarget(
            name: "OwnKeys",
            dependencies: [.product(name: "SocketServer", package: "icshostd")]),
        .testTarget(
            name: "OwnKeysTests",
            dependencies: ["OwnKeys", .product(name: "ExampleSupport", package: "Support")]),
    ]
)
