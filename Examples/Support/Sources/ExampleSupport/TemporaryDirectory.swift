import Foundation

/// A directory that lasts as long as something refers to it.
public final class TemporaryDirectory: Sendable {
    /// Its path.
    public let path: String

    /// Creates it.
    public init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file in it.
    public func callAsFunction(_ file: String) -> String { "\(path)/\(file)" }
}
