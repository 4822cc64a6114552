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

    /// Words before those of a daemon for which openat2(2) is there or, as under systemd's filter for
    /// `RestrictSUIDSGID=`, is not.
    static func launcher(
        hasOpenat2: Bool
    ) -> (_ directory: TemporaryDirectory) throws -> [String] {
        { directory in
            guard !hasOpenat2 else { return [] }
            let program = directory("without-openat2")
            try Command.succeed([
                "cc", "-O1", "-Wall", "-Wextra", "-Werror", "-o", program,
                "\(root)/Tests/Fixtures/programs/without-openat2.c",
            ])
            return [program]
        }
    }
}
