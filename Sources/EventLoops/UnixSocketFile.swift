internal import CLinux
internal import Glibc
package import NetworkTypes
internal import Synchronization

/// The file of a listening unix socket: replaced when stale, removed at the end.
///
/// Theory of operation: bind(2) makes the file and refuses when there is one, and nothing removes it
/// when its server dies. So a file in the way is asked: connect(2) says ECONNREFUSED when no socket
/// listens behind it, and only then is it replaced. At the end the file is removed if it still is
/// the one that was made here; its inode cannot have been given away while the socket is open.
package struct UnixSocketFile: ~Copyable, Sendable {
    private let path: String
    private let identity: Identity
    private let isKept = Atomic<Bool>(false)

    /// What tells one file from another.
    private struct Identity: Sendable, Equatable {
        let device: dev_t
        let inode: ino_t

        /// Looks a file up, nil when there is none.
        init?(of path: String) {
            var status = stat()
            guard unsafe lstat(path, &status) == 0 else { return nil }
            device = status.st_dev
            inode = status.st_ino
        }
    }

    /// Takes over the file that bind(2) has just made, nil when it is gone already.
    private init?(path: String) {
        guard let identity = Identity(of: path) else { return nil }
        self.path = path
        self.identity = identity
    }

    deinit {
        if !isKept.load(ordering: .relaxed) { UnixSocketFile.remove(path, if: identity) }
    }

    /// Removes the file if it still is the one that was made here, and is not kept.
    func remove() { if !isKept.load(ordering: .relaxed) { removeAlways() } }

    /// Removes the file if it still is the one that was made here.
    func removeAlways() { UnixSocketFile.remove(path, if: identity) }

    /// Whether there is any file of this path.
    package static func exists(_ path: String) -> Bool { Identity(of: path) != nil }

    /// Whether the file is where it was made.
    func isInPlace() -> Bool { Identity(of: path) == identity }

    /// Leaves the file where it is at the end.
    func keep() { isKept.store(true, ordering: .relaxed) }

    /// The file of a socket that this process was started with; nil for other addresses.
    ///
    /// - Throws: `lstat` when it is gone, or is no socket.
    static func inherited(_ endpoint: Endpoint) throws(SystemError) -> UnixSocketFile? {
        guard case .unix(let address) = endpoint, !address.isAbstract else { return nil }
        var status = stat()
        guard unsafe lstat(address.name, &status) == 0 else { throw .last("lstat") }
        guard status.st_mode & S_IFMT == S_IFSOCK, let file = UnixSocketFile(path: address.name)
        else { throw SystemError("lstat", code: ENOTSOCK) }
        file.keep()
        return file
    }

    private static func remove(_ path: String, if identity: Identity) {
        if Identity(of: path) == identity { _ = unsafe unlink(path) }
    }

    /// Tells whether a bind would succeed and the file could be given to its owner, and changes
    /// nothing.
    package static func probe(
        _ address: UnixAddress, _ options: ListenerOptions = ListenerOptions()
    ) throws(SystemError) {
        if try isListening(address) { throw SystemError("bind", code: EADDRINUSE) }
        guard !address.isAbstract else { return }
        if let owner = options.unixOwner { try probe(owner) }
        guard unsafe faccessat(AT_FDCWD, address.directory, W_OK | X_OK, AT_EACCESS) == 0 else {
            throw .last("bind")
        }
    }

    /// Binds a unix socket, in the place of a stale file if there is one; nothing for TCP.
    ///
    /// - Throws: `bind` with EADDRINUSE when somebody listens there, with ENOTSOCK when the file in
    ///   the way is no socket.
    /// - Returns: the file, nil without one.
    static func bind(
        _ number: CInt, to endpoint: Endpoint, _ options: ListenerOptions
    ) throws(SystemError) -> UnixSocketFile? {
        guard case .unix(let address) = endpoint else { return nil }
        let mode = options.unixMode ?? ListenerOptions.defaultUnixMode
        // The file begins with the socket's mode, less the umask: never wider than it is to be.
        guard fchmod(number, mode) == 0 else { throw .last("fchmod") }
        var result = unsafe RawAddress.with(address) { unsafe Glibc.bind(number, $0, $1) }
        if result != 0, errno == EADDRINUSE, !address.isAbstract {
            guard try !isListening(address) else { throw SystemError("bind", code: EADDRINUSE) }
            guard unsafe unlink(address.name) == 0 || errno == ENOENT else { throw .last("unlink") }
            result = unsafe RawAddress.with(address) { unsafe Glibc.bind(number, $0, $1) }
        }
        guard result == 0 else { throw .last("bind") }
        guard !address.isAbstract else { return nil }
        let file = UnixSocketFile(path: address.name)
        try setAccess(of: address.name, mode, options.unixOwner)
        return file
    }

    static func setAccess(
        of path: String, _ mode: UInt32, _ owner: UnixOwner?
    ) throws(SystemError) {
        if let owner {
            let user = try owner.user.map { name throws(SystemError) in try userID(name) }
            let group = try owner.group.map { name throws(SystemError) in try groupID(name) }
            // The highest number leaves what is there (chown(2)).
            guard unsafe lchown(path, user ?? .max, group ?? .max) == 0 else {
                throw .last("chown")
            }
        }
        guard unsafe chmod(path, mode) == 0 else { throw .last("chmod") }
    }

    /// Tells whether this process may give a file of its own to an owner (chown(2)).
    private static func probe(_ owner: UnixOwner) throws(SystemError) {
        let user = try owner.user.map { name throws(SystemError) in try userID(name) }
        let group = try owner.group.map { name throws(SystemError) in try groupID(name) }
        guard geteuid() != 0 else { return }
        if let user, user != geteuid() { throw SystemError("chown", code: EPERM) }
        guard let group, group != getegid() else { return }
        var groups = [gid_t](repeating: 0, count: Int(max(0, getgroups(0, nil))))
        let count = unsafe getgroups(CInt(groups.count), &groups)
        guard groups.prefix(Int(max(0, count))).contains(group) else {
            throw SystemError("chown", code: EPERM)
        }
    }

    private static func userID(_ name: String) throws(SystemError) -> uid_t {
        if let number = uid_t(name) { return number }
        guard let entry = unsafe getpwnam(name) else { throw SystemError("getpwnam", code: ENOENT) }
        return unsafe entry.pointee.pw_uid
    }

    private static func groupID(_ name: String) throws(SystemError) -> gid_t {
        if let number = gid_t(name) { return number }
        guard let entry = unsafe getgrnam(name) else { throw SystemError("getgrnam", code: ENOENT) }
        return unsafe entry.pointee.gr_gid
    }

    /// Whether a socket listens at an address.
    ///
    /// - Throws: `bind` with ENOTSOCK when a file that is no socket is there.
    private static func isListening(_ address: UnixAddress) throws(SystemError) -> Bool {
        if !address.isAbstract {
            var status = stat()
            guard unsafe lstat(address.name, &status) == 0 else {
                if errno == ENOENT { return false }
                throw .last("bind")
            }
            guard status.st_mode & S_IFMT == S_IFSOCK else {
                throw SystemError("bind", code: ENOTSOCK)
            }
        }
        let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = try FileDescriptor(socket(AF_UNIX, type, 0), from: "socket")
        let number = socket.number
        let result = unsafe RawAddress.with(address) { unsafe connect(number, $0, $1) }
        // EAGAIN is a full queue, EACCES a file that is not ours to ask: somebody may listen.
        return result == 0 || (errno != ECONNREFUSED && errno != ENOENT)
    }
}
