internal import Glibc

/// The files and variables that a configuration may refer to.
package struct Surroundings: Sendable {
    /// Returns the value of an environment variable, nil when it is not set.
    let variable: @Sendable (String) -> String?
    /// The other files, nil when none may be read.
    let files: Files?

    /// Creates surroundings.
    package init(
        files: Files? = nil, variable: @escaping @Sendable (String) -> String? = { _ in nil }
    ) {
        self.files = files
        self.variable = variable
    }

    /// Finds and reads other files.
    package struct Files: Sendable {
        let read: @Sendable (String) throws(ConfigurationFileError) -> [UInt8]
        let matching: @Sendable (String) -> [String]
        /// The canonical path of a file.
        package let identity: @Sendable (String) -> String

        /// Creates access to other files than those on disk.
        ///
        /// - Parameters:
        ///   - read: reads a whole file.
        ///   - matching: the paths that match a pattern of glob(7), in the order of their bytes.
        ///   - identity: the canonical path of a file.
        package init(
            read: @escaping @Sendable (String) throws(ConfigurationFileError) -> [UInt8],
            matching: @escaping @Sendable (String) -> [String],
            identity: @escaping @Sendable (String) -> String
        ) {
            self.read = read
            self.matching = matching
            self.identity = identity
        }

        /// The paths that match a pattern, in the order of their bytes.
        package func list(_ pattern: String) -> [String] { matching(pattern) }

        /// The files of this machine.
        package static let disk = Files(
            read: { path throws(ConfigurationFileError) in
                try ConfigurationFile.read(path: path, as: .include)
            }, matching: paths, identity: realPath)
    }

    private static func paths(matching pattern: String) -> [String] {
        var found = unsafe glob_t()
        defer { unsafe globfree(&found) }
        guard unsafe glob(pattern, GLOB_NOSORT, nil, &found) == 0 else { return [] }
        let paths = (0..<Int(unsafe found.gl_pathc)).compactMap { index in
            unsafe found.gl_pathv[index].map { unsafe String(cString: $0) }
        }
        // Sorted here: glob(3) would sort by the locale.
        return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func realPath(_ path: String) -> String {
        guard let resolved = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }
}
