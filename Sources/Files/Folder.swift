internal import CFiles
internal import EventLoops
internal import Synchronization

/// A directory whose files are opened below it and nowhere else, whatever their names and links say.
///
/// It stays the directory it was when it was opened, should its path come to mean another.
package final class Folder: Sendable {
    private let descriptor: FileDescriptor
    /// A number that no other folder of this process has.
    package let id: UInt64

    private static let lastID = Atomic<UInt64>(0)

    /// Opens a directory.
    ///
    /// - Throws: open(2).
    package init(_ path: String) throws(FileTrouble) {
        do throws(SystemError) {
            descriptor = try FileDescriptor(unsafe cfiles_open_folder(path), from: "open")
        } catch {
            throw FileTrouble(error)
        }
        id = Folder.lastID.add(1, ordering: .relaxed).newValue
    }

    /// Opens a file or directory below.
    ///
    /// Links are followed as long as they stay below; what leads elsewhere is `EXDEV`.
    ///
    /// - Parameter path: relative, without a NUL; blank for the directory itself.
    /// - Throws: openat2(2), fstat(2).
    /// - Returns: the file, with what it is.
    package func open(_ path: Span<UInt8>) throws(FileTrouble) -> OpenFile {
        var name = [UInt8](repeating: UInt8(ascii: "."), count: 1)
        if !path.isEmpty {
            name = []
            name.reserveCapacity(path.count + 1)
            for index in path.indices { name.append(path[index]) }
        }
        name.append(0)
        let number = unsafe name.withUnsafeBufferPointer { bytes in
            unsafe bytes.baseAddress.map {
                unsafe cfiles_open_beneath(
                    descriptor.number, UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            } ?? -1
        }
        return try OpenFile(number, from: "openat2")
    }
}
