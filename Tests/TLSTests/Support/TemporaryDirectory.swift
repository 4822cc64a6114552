import Glibc

/// A directory that is removed with all its files.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/tls-tests-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw SetupError("mkdtemp") }
        path = String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self)
    }

    deinit {
        _ = try? Command("rm", "-rf", path)
    }

    /// The path of a file in it.
    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file.
    func write(_ text: String, to name: String) throws -> String {
        guard let file = unsafe fopen(self(name), "w") else { throw SetupError("fopen \(name)") }
        unsafe fputs(text, file)
        unsafe fclose(file)
        return self(name)
    }

    /// Writes a file of any bytes.
    func write(_ bytes: [UInt8], to name: String) throws {
        guard let file = unsafe fopen(self(name), "w") else { throw SetupError("fopen \(name)") }
        unsafe fwrite(bytes, 1, bytes.count, file)
        unsafe fclose(file)
    }

    /// Reads a file.
    func read(_ name: String) throws -> String {
        try Command("cat", self(name)).output
    }

    /// The permission bits of a file.
    func mode(of name: String) -> mode_t {
        var status = stat()
        return unsafe stat(self(name), &status) == 0 ? status.st_mode & 0o7777 : 0
    }
}
