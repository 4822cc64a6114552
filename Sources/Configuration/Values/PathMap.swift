internal import TextFormats

/// `[PathMap]`: maps Windows directories to local ones.
struct PathMap: Sendable {
    /// The local directories, by the Windows ones in lower case and with slashes.
    private var directories: [String: String] = [:]

    /// The longest local path in bytes (PATH_MAX); longer ones are not inspected.
    private static let lengthLimit = 4_096

    /// The result for a path.
    enum Mapping: Hashable {
        /// It is not a Windows path.
        case unchanged
        /// The local path.
        case mapped(String)
        /// There is no mapping; this line would add one.
        case unmapped(line: String)
    }

    /// Maps paths below a Windows directory to a local directory.
    mutating func add(_ prefix: String, _ directory: String) {
        directories[Self.key(prefix)] = Self.trimmed(directory)
    }

    /// The canonical form of a Windows directory.
    static func key(_ prefix: String) -> String { slashed(prefix).lowercased() }

    /// Whether it maps the path of a trouble, or one of its paths.
    func mapsAny(of trouble: SectionTrouble) -> Bool {
        guard !directories.isEmpty, trouble.kind == .path, let value = trouble.value else {
            return false
        }
        let paths = Located(value, at: trouble.location).commaSeparated
        return paths.contains { path in
            guard case .mapped = map(path.value) else { return false }
            return true
        }
    }

    /// The usual directory for files of a key (hier(7)), for the suggested line.
    static func root(of key: String) -> String {
        let key = key.lowercased()
        return switch key {
        case _ where key.contains("log"): ProgramIdentity.current.logsDirectory
        case "statedirectory": ProgramIdentity.current.stateDirectory
        case _ where key.hasPrefix("web") || key == "wellknownpath": "/srv"
        default: ProgramIdentity.current.configurationDirectory
        }
    }

    /// Maps a Windows path.
    ///
    /// - Parameters:
    ///   - path: the path.
    ///   - root: the local directory for the suggested line.
    /// - Returns: the local path, or a suggestion.
    func map(
        _ path: String, below root: String = ProgramIdentity.current.configurationDirectory
    ) -> Mapping {
        guard Self.isWindows(path) else { return .unchanged }
        guard path.utf8.count <= Self.lengthLimit else {
            return .unmapped(line: Self.advice(String(path.prefix(Self.lengthLimit)), root))
        }
        let slashed = Self.slashed(path)
        // The longest matching directory is used.
        var prefix: Substring? = slashed[...]
        while let current = prefix {
            if let directory = directories[current.lowercased()] {
                let rest = current == "." ? slashed[...] : slashed[current.endIndex...]
                let isJoined = rest.isEmpty || rest.hasPrefix("/")
                return .mapped(Self.trimmed(directory + (isJoined ? "" : "/") + rest))
            }
            prefix = Self.parent(of: current)
        }
        return .unmapped(line: Self.advice(path, root))
    }

    /// Whether a path has a drive or backslashes.
    static func isWindows(_ path: String) -> Bool {
        hasDrive(path[...]) || path.utf8.contains(UInt8(ascii: "\\"))
    }

    private static func hasDrive(_ path: Substring) -> Bool {
        let start = Array(path.utf8.prefix(2))
        return start.count == 2 && start[1] == UInt8(ascii: ":")
            && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(start[0] | 0x20)
    }

    /// The parent directory.
    ///
    /// Blank for the root, a drive for a path relative to it, `.` for other relative paths; nil for the
    /// parents of these.
    private static func parent(of path: Substring) -> Substring? {
        if let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) { return path[..<slash] }
        if hasDrive(path) { return path.utf8.count > 2 ? path.prefix(2) : nil }
        return path.isEmpty || path == "." ? nil : "."
    }

    /// The line that maps the directory of a path, in valid syntax.
    private static func advice(_ path: String, _ root: String) -> String {
        var directory = slashed(path)[...]
        let name = directory.split(separator: "/").last ?? ""
        let isDirectory = path.hasSuffix("\\") || path.hasSuffix("/")
        // A path with an extension is a file.
        if !isDirectory, name.contains(".") { directory = parent(of: directory) ?? directory }
        while !isKey(directory), let parent = parent(of: directory) { directory = parent }
        let folder = directory.split { $0 == "/" || $0 == ":" }.last ?? ""
        let safe = folder.lowercased().map { isSafe($0) ? $0 : "-" }
        let target = safe.allSatisfy { $0 == "." } ? "" : "/" + String(safe)
        let key = directory.isEmpty ? "\\" : directory.replacing("/", with: "\\")
        return "\(key)=\(root)\(target)"
    }

    /// Whether a directory is valid as a key, and is neither a comment nor a section.
    private static func isKey(_ directory: Substring) -> Bool {
        guard let first = directory.unicodeScalars.first else { return true }
        return !";#[".unicodeScalars.contains(first)
            && directory.unicodeScalars.allSatisfy { $0 != "=" && $0.isPrintable }
    }

    private static func isSafe(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "-_.".contains(character)
    }

    /// With slashes, none at the end, and without blanks at the end of names, as on Windows.
    private static func slashed(_ path: String) -> String {
        let names = path.replacing("\\", with: "/").split(
            separator: "/", omittingEmptySubsequences: false
        ).map { name in
            var name = name
            while name.utf8.last.map({ $0 <= 0x20 }) == true { name.removeLast() }
            return name
        }
        let below = names.drop { $0 == "." }
        let isHere = below.count < names.count
        var path = below.joined(separator: "/")
        while path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
        return path.isEmpty && isHere ? "." : path
    }

    private static func trimmed(_ path: String) -> String {
        var path = path
        while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
        return path
    }
}
