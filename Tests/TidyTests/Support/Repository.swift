import Glibc

/// The files of this repository as they are on the disk when the tests run.
enum Repository {
    /// The path of the repository, with a slash at its end.
    static let root =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
        .joined(separator: "/") + "/"

    /// Every Swift file of the program.
    static let sources = swiftFiles(below: "Sources")
    /// Every Swift file of the tests.
    static let tests = swiftFiles(below: "Tests")

    /// The names in a directory, hidden ones left out; none when there is no such directory.
    static func names(in directory: String) -> [String] {
        guard let stream = unsafe opendir(root + directory) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    /// The bytes of a file; none when it cannot be read.
    static func bytes(of path: String) -> [UInt8] {
        guard let file = unsafe fopen(root + path, "r") else { return [] }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe fread(&chunk, 1, chunk.count, file)
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
        }
    }

    /// The text of a file.
    static func text(of path: String) -> String { String(decoding: bytes(of: path), as: UTF8.self) }

    /// Whether there is such a file or directory.
    static func has(_ path: String) -> Bool { unsafe access(root + path, F_OK) == 0 }

    /// All paths below a directory that end like this.
    static func paths(below directory: String, ending: String) -> [String] {
        names(in: directory).flatMap { name -> [String] in
            let path = "\(directory)/\(name)"
            return name.hasSuffix(ending) ? [path] : paths(below: path, ending: ending)
        }
    }

    private static func swiftFiles(below directory: String) -> [SwiftFile] {
        paths(below: directory, ending: ".swift").map { SwiftFile($0, bytes: bytes(of: $0)) }
    }
}
