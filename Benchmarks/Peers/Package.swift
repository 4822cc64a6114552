// swift-tools-version: 6.3
import PackageDescription

/// The same server with three libraries; `run` builds and measures them.
let package = Package(
    name: "Peers",
    dependencies: [
        .package(name: "icshostd", path: "../.."),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/swhitty/FlyingFox", exact: "0.27.1"),
    ],
    targets: ["echo", "chat"].flatMap { program in
        [
            .executableTarget(
                name: "our-\(program)",
                dependencies: [.product(name: "SocketServer", package: "icshostd")]),
            .executableTarget(
                name: "nio-\(program)",
                dependencies: [
                    .product(name: "NIOCore", package: "swift-nio"),
                    .product(name: "NIOPosix", package: "swift-nio"),
                ]),
            .executableTarget(
                name: "fox-\(program)",
                dependencies: [.product(name: "FlyingSocks", package: "FlyingFox")]),
        ]
    }
)
