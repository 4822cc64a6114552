// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "TcpSrv",
    dependencies: [
        .package(name: "icshostd", path: "../.."), .package(path: "../Support"),
    ],
    targets: [
        .executableTarget(
            name: "TcpSrv",
            dependencies: [.product(name: "SocketServer", package: "icshostd")]),
        .testTarget(
            name: "TcpSrvTests",
            dependencies: ["TcpSrv", .product(name: "ExampleSupport", package: "Support")]),
    ]
)
