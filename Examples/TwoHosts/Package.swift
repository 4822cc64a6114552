// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "TwoHosts",
    dependencies: [
        .package(name: "icshostd", path: "../.."), .package(path: "../Support"),
    ],
    targets: [
        .executableTarget(
            name: "TwoHosts",
            dependencies: [.product(name: "SocketServer", package: "icshostd")]),
        .testTarget(
            name: "TwoHostsTests",
            dependencies: ["TwoHosts", .product(name: "ExampleSupport", package: "Support")]),
    ]
)
