// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "Chat",
    products: [.executable(name: "chat", targets: ["chat"])],
    dependencies: [
        .package(name: "icshostd", path: "../.."), .package(path: "../Support"),
    ],
    targets: [
        .target(
            name: "ChatHandler",
            dependencies: [.product(name: "SocketServer", package: "icshostd")]),
        .executableTarget(
            name: "chat",
            dependencies: [
                "ChatHandler", .product(name: "SocketServerDaemon", package: "icshostd"),
            ]),
        .testTarget(
            name: "ChatTests",
            dependencies: [
                "chat", "ChatHandler", .product(name: "HandlerTesting", package: "icshostd"),
                .product(name: "ExampleSupport", package: "Support"),
            ]),
    ]
)
