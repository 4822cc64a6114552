import TestSupport

/// Shared objects for handler `module`, built as their documentation says.
enum ModuleBuild {
    /// The directory of the repository.
    static let root =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
        .joined(separator: "/")

    /// Compiles a C file of the repository.
    ///
    /// - Returns: the path of the shared object.
    static func compile(
        _ source: String, in directory: TemporaryDirectory, named name: String = "module.so",
        _ flags: String...
    ) throws -> String {
        try Command.succeed(
            [
                "cc", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC",
                "-I\(root)/Sources/CHandlerModule/include", "-o", directory(name),
                "\(root)/\(source)",
            ] + flags)
        return directory(name)
    }

    /// Compiles a Swift file of the repository.
    static func compileSwift(
        _ source: String, in directory: TemporaryDirectory, _ flags: [String] = []
    ) throws -> String {
        try Command.succeed(
            [
                "swiftc", "-O", "-emit-library", "-parse-as-library", "-module-cache-path",
                directory("cache"), "-I\(root)/Sources/CHandlerModule", "-o",
                directory("swift.so"), "\(root)/\(source)",
            ] + flags)
        return directory("swift.so")
    }

    /// The module that does what its client says.
    static let probe = "Tests/Fixtures/modules/probe.c"
}
