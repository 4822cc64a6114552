/// `[PathMap]`: which directories of Windows are which ones here.
struct PathMap: Sendable {
    private var entries: [(prefix: String, directory: String)] = []

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
        entries.append((Self.comparable(prefix), Self.trimmed(directory)))
        // The longest first, so that the nearest directory wins.
        entries.sort { $0.prefix.utf8.count > $1.prefix.utf8.count }
    }

    /// Rewrites a path of Windows.
    func map(_ path: String) -> Mapping {
        guard Self.isWindows(path) else { return .unchanged }
        let comparable = Self.comparable(path)
        let slashed = path.replacing("\\", with: "/")
        for (prefix, directory) in entries where comparable.hasPrefix(prefix) {
            let rest = slashed.dropFirst(prefix.count)
            guard rest.isEmpty || rest.hasPrefix("/") else { continue }
            return .mapped(Self.trimmed(directory + rest))
        }
        return .unmapped(line: Self.advice(path))
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

    private static func comparable(_ path: String) -> String {
        trimmed(path.replacing("\\", with: "/")).lowercased()
    }

    private static func trimmed(_ path: String) -> String {
        var path = path
        while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
        return path
    }
}
