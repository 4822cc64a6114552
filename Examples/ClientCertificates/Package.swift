// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "ClientCertificates",
    dependencies: [
        .package(name: "icshostd", path: "../.."), .package(path: "../Support"),
    ],
    targets: [
        .executableTarget(
            name: "ClientCertificates",
            dependencies: [.product(name: "SocketServer", package: "icshostd")]),
        .testTarget(
            name: "ClientCertificatesTests",
            dependencies: [
                "ClientCertificates", .product(name: "ExampleSupport", package: "Support"),
            ]),
    ]
)
