package import Glibc

/// A directory that is removed with all its files.
package final class TemporaryDirectory: Sendable {
    /// Where it is.
    package let path: String

    /// Makes an empty one that every user may look into.
    package init() throws {
        var template = Array("/tmp/icshostd-test-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw TestFailure.last("mkdtemp") }
        path = String(decoding: template.dropLast().map { UInt8($0) }, as: UTF8.self)
        _ = unsafe chmod(path, 0o755)
    }

    deinit {
        _ = try? Command(["rm", "-rf", path])
    }

    /// The path of a file in it.
    package func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file and returns its path.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        try write(Array(text.utf8), to: name)
    }

    /// Writes a file and returns its path.
    @discardableResult
    package func write(_ bytes: [UInt8], to name: String) throws -> String {
        guard let file = unsafe fopen(self(name), "we") else {
            throw TestFailure.last("fopen \(name)")
        }
        let count = unsafe fwrite(bytes, 1, bytes.count, file)
        guard unsafe fclose(file) == 0, count == bytes.count else {
            throw TestFailure.last("write \(name)")
        }
        return self(name)
    }

    /// Reads a file.
    package func read(_ name: String) throws -> String {
        guard let file = unsafe fopen(self(name), "re") else {
            throw TestFailure.last("fopen \(name)")
        }
        defer { unsafe fclose(file) }
        var (bytes, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
        while case let count = unsafe fread(&chunk, 1, chunk.count, file), count > 0 {
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The permission bits of a file.
    package func mode(of name: String) throws -> mode_t {
        var status = stat()
        guard unsafe stat(self(name), &status) == 0 else { throw TestFailure.last("stat \(name)") }
        return status.st_mode & 0o7777
    }
}
