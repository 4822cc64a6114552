internal import TextFormats

/// `[PathMap]`: which directories of Windows are which ones here.
struct PathMap: Sendable {
    /// The directories here by those of Windows, in lower case and with slashes.
    private var directories: [String: String] = [:]

    /// No path here is longer, in bytes (PATH_MAX); so none is looked at for longer.
    private static let lengthLimit = 4_096

    /// What becomes of a path.
    enum Mapping: Hashable {
        /// It is none of Windows.
        case unchanged
        /// It stands for this path here.
        case mapped(String)
        /// Nothing says what it stands for; the line would.
        case unmapped(line: String)
    }

    /// Maps what begins with a directory of Windows to a directory here.
    mutating func add(_ prefix: String, _ directory: String) {
        directories[Self.key(prefix)] = Self.trimmed(directory)
    }

    /// What all spellings of a directory of Windows have in common.
    static func key(_ prefix: String) -> String { slashed(prefix).lowercased() }

    /// Whether it maps what is a trouble, or one of the paths that are.
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

    /// Where files of a key belong here (hier(7)), for the line that is advised.
    static func root(of key: String) -> String {
        let key = key.lowercased()
        return switch key {
        case _ where key.contains("log"): "/var/log/icshostd"
        case "statedirectory": "/var/lib/icshostd"
        case _ where key.hasPrefix("web") || key == "wellknownpath": "/srv"
        default: "/etc/icshostd"
        }
    }

    /// Rewrites a path of Windows.
    ///
    /// - Parameters:
    ///   - path: the path.
    ///   - root: the directory below which the line that is advised has it.
    /// - Returns: what becomes of it.
    func map(_ path: String, below root: String = "/etc/icshostd") -> Mapping {
        guard Self.isWindows(path) else { return .unchanged }
        guard path.utf8.count <= Self.lengthLimit else {
            return .unmapped(line: Self.advice(String(path.prefix(Self.lengthLimit)), root))
        }
        let slashed = Self.slashed(path)
        // The nearest directory wins.
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

    /// The directory above: blank for the root, a drive for what is relative to it, `.` for the
    /// rest; nil above these.
    private static func parent(of path: Substring) -> Substring? {
        if let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) { return path[..<slash] }
        if hasDrive(path) { return path.utf8.count > 2 ? path.prefix(2) : nil }
        return path.isEmpty || path == "." ? nil : "."
    }

    /// The line that maps the directory of a path, such that a file can have it.
    private static func advice(_ path: String, _ root: String) -> String {
        var directory = slashed(path)[...]
        let name = directory.split(separator: "/").last ?? ""
        let isDirectory = path.hasSuffix("\\") || path.hasSuffix("/")
        // What has an extension is a file.
        if !isDirectory, name.contains(".") { directory = parent(of: directory) ?? directory }
        while !isKey(directory), let parent = parent(of: directory) { directory = parent }
        let folder = directory.split { $0 == "/" || $0 == ":" }.last ?? ""
        let safe = folder.lowercased().map { isSafe($0) ? $0 : "-" }
        let target = safe.allSatisfy { $0 == "." } ? "" : "/" + String(safe)
        let key = directory.isEmpty ? "\\" : directory.replacing("/", with: "\\")
        return "\(key)=\(root)\(target)"
    }

    /// Whether a directory can stand before the `=` of a line that is no comment or section.
    private static func isKey(_ directory: Substring) -> Bool {
        guard let first = directory.unicodeScalars.first else { return true }
        return !";#[".unicodeScalars.contains(first)
            && directory.unicodeScalars.allSatisfy { $0 != "=" && $0.isPrintable }
    }

    private static func isSafe(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "-_.".contains(character)
    }

    /// With slashes, none of them at the end; no name ends with blanks, as on Windows.
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
