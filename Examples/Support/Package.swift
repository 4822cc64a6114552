// swift-tools-version: 6.3
import PackageDescription

/// What the tests of the examples share: a client with a real socket, and certificates.
let package = Package(
    name: "Support",
    products: [.library(name: "ExampleSupport", targets: ["ExampleSupport"])],
    targets: [
        .systemLibrary(name: "CTLS", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .target(name: "ExampleSupport", dependencies: ["CTLS"]),
    ]
)
