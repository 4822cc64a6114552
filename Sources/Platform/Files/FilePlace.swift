internal import CLinux
internal import Glibc

/// A file or directory that is held as a place (open(2), `O_PATH`): whoever changes what its path
/// leads to meanwhile changes nothing of what is done here.
struct FilePlace: ~Copyable {
    private let descriptor: FileDescriptor

    /// The number, for the calls that take one.
    var number: CInt { descriptor.number }

    /// Holds a directory; symbolic links are followed.
    init(directory path: String) throws(SystemError) {
        descriptor = try FileDescriptor(unsafe clinux_open_directory(path), from: "open")
    }

    /// Holds a file, and never what a symbolic link of that path leads to.
    init(_ path: String) throws(SystemError) {
        descriptor = try FileDescriptor(unsafe clinux_open_place(path), from: "open")
    }

    /// Holds a file of a directory, likewise.
    init(_ name: String, in directory: borrowing FilePlace) throws(SystemError) {
        let number = unsafe clinux_open_place_at(directory.number, name)
        descriptor = try FileDescriptor(number, from: "openat")
    }

    /// Holds the file that bind(2) made for a socket; nil where the kernel tells only those who
    /// administer the network.
    init?(boundTo socket: CInt) {
        let number = clinux_open_bound_file(socket)
        guard number >= 0 else { return nil }
        descriptor = FileDescriptor(adopting: number)
    }

    /// Its status (fstat(2)).
    func status() throws(SystemError) -> stat {
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else { throw .last("fstat") }
        return status
    }

    /// Gives it to an owner; the highest number leaves what is there (chown(2)).
    func setOwner(_ user: uid_t, _ group: gid_t) throws(SystemError) {
        guard clinux_set_owner(number, user, group) == 0 else { throw .last("chown") }
    }

    /// Sets its permissions.
    func setMode(_ mode: mode_t) throws(SystemError) {
        guard clinux_set_mode(number, mode) == 0 else { throw .last("chmod") }
    }

    /// Removes a name of the directory, if it is still that of one file.
    ///
    /// Whoever may write to the directory could swap the two between the look and the call, but only with
    /// another file of the same directory, which is theirs to remove anyway.
    ///
    /// - Throws: `unlink`; nothing where the name is gone, or another file's.
    func remove(_ name: String, if identity: FileIdentity) throws(SystemError) {
        var status = stat()
        guard unsafe fstatat(number, name, &status, AT_SYMLINK_NOFOLLOW) == 0,
            FileIdentity(status) == identity
        else { return }
        guard unsafe unlinkat(number, name, 0) == 0 || errno == ENOENT else {
            throw .last("unlink")
        }
    }
}
