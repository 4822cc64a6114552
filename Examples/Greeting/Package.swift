// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "Greeting",
    products: [.executable(name: "greeting", targets: ["greeting"])],
    dependencies: [.package(name: "icshostd", path: "../..")],
    targets: [
        .target(
            name: "GreetingHandler",
            dependencies: [.product(name: "SocketServer", package: "icshostd")]),
        .executableTarget(
            name: "greeting",
            dependencies: [
                "GreetingHandler", .product(name: "SocketServerDaemon", package: "icshostd"),
            ]),
        .testTarget(
            name: "GreetingTests",
            dependencies: [
                "GreetingHandler", .product(name: "HandlerTesting", package: "icshostd"),
            ]),
    ]
)
