internal import Glibc

/// The way that the kernel goes from a path to its file (path_resolution(7)).
package enum PathWalk {
    /// So many symbolic links are followed, as the kernel does.
    private static let linkLimit = 40

    /// Shows each step before it is taken, so that a watch of the directory misses nothing.
    ///
    /// The way may end early, where a name is missing.
    ///
    /// - Parameters:
    ///   - path: where the way leads.
    ///   - body: gets the name that is looked up next, and the directory, free of symbolic links.
    /// - Returns: the directory in which the way ends; nil when it ends elsewhere.
    package static func forEachStep(
        to path: String, _ body: (_ name: String, _ directory: String) -> Void
    ) -> String? {
        var directory = path.hasPrefix("/") ? "/" : currentDirectory
        var rest = Array(path.split(separator: "/").reversed())
        var links = 0
        while let name = rest.popLast() {
            if name == "." { continue }
            if name == ".." {
                directory = parent(of: directory)
                continue
            }
            body(String(name), directory)
            let place = directory == "/" ? "/\(name)" : "\(directory)/\(name)"
            var status = stat()
            guard unsafe lstat(place, &status) == 0 else { return nil }
            switch status.st_mode & S_IFMT {
            case S_IFLNK:
                links += 1
                guard links <= linkLimit, let target = target(of: place) else { return nil }
                if target.hasPrefix("/") { directory = "/" }
                rest += target.split(separator: "/").reversed()
            case S_IFDIR: directory = place
            default: return nil
            }
        }
        return directory
    }

    private static func parent(of directory: String) -> String {
        let end = directory.lastIndex(of: "/") ?? directory.startIndex
        return end == directory.startIndex ? "/" : String(directory[..<end])
    }

    private static var currentDirectory: String {
        guard let path = unsafe getcwd(nil, 0) else { return "/" }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

    private static func target(of link: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink(link, &buffer, buffer.count)
        guard count > 0, count < buffer.count else { return nil }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
