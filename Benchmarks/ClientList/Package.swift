// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "ClientList",
    dependencies: [.package(name: "icshostd", path: "../..")],
    targets: [
        .executableTarget(
            name: "client-list",
            dependencies: [.product(name: "SocketServer", package: "icshostd")])
    ]
)
