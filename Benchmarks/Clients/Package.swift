// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "Clients",
    dependencies: [.package(name: "icshostd", path: "../..")],
    targets: [
        .executableTarget(
            name: "clients",
            dependencies: [.product(name: "SocketServer", package: "icshostd")])
    ]
)
