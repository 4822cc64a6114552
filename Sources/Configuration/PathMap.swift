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
        let prefix = Self.trimmed(prefix.replacing("\\", with: "/"))
        directories[prefix == "/" ? "" : prefix.lowercased()] = Self.trimmed(directory)
    }

    /// Rewrites a path of Windows.
    func map(_ path: String) -> Mapping {
        guard Self.isWindows(path) else { return .unchanged }
        guard path.utf8.count <= Self.lengthLimit else {
            return .unmapped(line: Self.advice(String(path.prefix(Self.lengthLimit))))
        }
        let slashed = Self.trimmed(path.replacing("\\", with: "/"))
        var prefix = slashed[...]
        // The nearest directory wins.
        while true {
            if let directory = directories[prefix.lowercased()] {
                return .mapped(Self.trimmed(directory + slashed[prefix.endIndex...]))
            }
            guard let slash = prefix.utf8.lastIndex(of: UInt8(ascii: "/")) else {
                return .unmapped(line: Self.advice(path))
            }
            prefix = prefix[..<slash]
        }
    }

    /// Whether a path has a drive or backslashes.
    static func isWindows(_ path: String) -> Bool {
        let start = Array(path.utf8.prefix(3))
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let hasDrive =
            start.count >= 2 && letters.contains(start[0] | 0x20) && start[1] == UInt8(ascii: ":")
            && (start.count == 2 || [UInt8(ascii: "/"), UInt8(ascii: "\\")].contains(start[2]))
        return hasDrive || path.utf8.contains(UInt8(ascii: "\\"))
    }

    /// The line that maps the directory of a path.
    private static func advice(_ path: String) -> String {
        let bytes = path.utf8
        let isSeparator: (UInt8) -> Bool = { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "/") }
        var end = bytes.endIndex
        var isDirectory = false
        while end > bytes.startIndex, isSeparator(bytes[bytes.index(before: end)]) {
            end = bytes.index(before: end)
            isDirectory = true
        }
        var directory = path[..<end]
        let last = directory.utf8.lastIndex(where: isSeparator)
        let name = last.map { directory[directory.utf8.index(after: $0)...] } ?? directory
        // What has an extension is a file.
        if !isDirectory, let last, name.contains(".") { directory = directory[..<last] }
        let start = directory.utf8.lastIndex(where: isSeparator)
        let folder = start.map { directory[directory.utf8.index(after: $0)...] } ?? directory
        let safe = folder.lowercased().filter { $0 != ":" }.replacing(" ", with: "-")
        return "\(directory)=/etc/icshostd/\(safe)"
    }

    private static func trimmed(_ path: String) -> String {
        var path = path
        while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
        return path
    }
}
