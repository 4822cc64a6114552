internal import CFiles
internal import Glibc
internal import Platform
internal import Synchronization

/// A directory; opens only files below it, whatever their names and links.
///
/// When its path refers to another directory, the folder switches to that one within a second: releases are
/// often deployed by changing a link. While the path refers to none, the folder stays the same.
package final class Folder: Sendable {
    /// The directory, and when the path was last checked.
    private struct State {
        var root: OpenFile
        var checkedAt: Int
    }

    /// The path that was opened.
    package let path: String
    private let resolution: PathResolution
    private let state: Lock<State>
    /// A number that is unique in this process.
    package let id: UInt64

    private static let lastID = Atomic<UInt64>(0)

    /// Opens a directory.
    ///
    /// - Parameters:
    ///   - path: the directory.
    ///   - resolution: how paths below it are resolved; tests use both ways.
    /// - Throws: open(2), fstat(2).
    package init(_ path: String, resolution: PathResolution = .best) throws(FileTrouble) {
        (self.path, self.resolution) = (path, resolution)
        state = Lock(State(root: try Folder.root(path), checkedAt: time(nil)))
        id = Folder.lastID.add(1, ordering: .relaxed).newValue
    }

    private static func root(_ path: String) throws(FileTrouble) -> OpenFile {
        try OpenFile(unsafe cfiles_open_folder(path), from: "open")
    }

    /// The directory of the path, checked once a second.
    private func root(at second: Int) -> OpenFile {
        state.withLock { state in
            guard state.checkedAt != second else { return state.root }
            state.checkedAt = second
            if !state.root.isStill(at: path), let new = try? Folder.root(path) { state.root = new }
            return state.root
        }
    }

    /// Opens a file or directory below.
    ///
    /// Links are followed as long as they stay below; a path that leads out fails with `EXDEV`.
    ///
    /// - Parameters:
    ///   - path: relative, without a NUL; blank for the directory itself.
    ///   - second: now, in seconds since 1970.
    /// - Throws: openat2(2) or openat(2), fstat(2).
    /// - Returns: the file, with its status.
    package func open(_ path: Span<UInt8>, at second: Int) throws(FileTrouble) -> OpenFile {
        let root = root(at: second)
        var name = [UInt8](repeating: UInt8(ascii: "."), count: 1)
        if !path.isEmpty {
            name = []
            name.reserveCapacity(path.count + 1)
            for index in path.indices { name.append(path[index]) }
        }
        if resolution == .walk { return try walk(to: name, below: root) }
        name.append(0)
        let number = unsafe name.withUnsafeBufferPointer { bytes in
            unsafe bytes.baseAddress.map {
                unsafe cfiles_open_beneath(
                    root.number, UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            } ?? -1
        }
        return try OpenFile(number, from: "openat2")
    }

    private func walk(to name: [UInt8], below root: OpenFile) throws(FileTrouble) -> OpenFile {
        let number: CInt
        do throws(SystemError) {
            number = try BeneathWalk.open(name, below: root.number)
        } catch {
            throw FileTrouble(error)
        }
        return try OpenFile(number, from: "openat")
    }
}
