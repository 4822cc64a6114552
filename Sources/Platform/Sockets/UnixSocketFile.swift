internal import CLinux
internal import Glibc
package import NetworkTypes
internal import Synchronization

/// The file of a listening unix socket: replaced when stale, removed at the end.
///
/// Theory of operation: bind(2) creates the file and fails when there is one, and nothing removes it
/// when its server dies. So connect(2) tests a file in the way: it fails with ECONNREFUSED when no socket
/// listens behind it, and only then is it replaced. At the end the file is removed if it still is
/// the one that was made here; its inode cannot have been given away while the socket is open.
///
/// The directory may be another user's, who can put anything in the place of the file at any moment,
/// a symbolic link for instance. So nothing but bind(2) itself, which follows no link of that name, trusts
/// the path: what is changed or removed is held first and compared ([0150]).
///
/// [0150]: docs/decisions/0150-the-file-of-a-unix-socket-is-held.md
package struct UnixSocketFile: ~Copyable, Sendable {
    private let address: UnixAddress
    private let identity: FileIdentity
    private let isKept = Atomic<Bool>(false)

    private init(_ address: UnixAddress, _ identity: FileIdentity) {
        (self.address, self.identity) = (address, identity)
    }

    deinit {
        if !isKept.load(ordering: .relaxed) { UnixSocketFile.remove(address, if: identity) }
    }

    /// Removes the file if it still is the one that was made here, and is not kept.
    func remove() { if !isKept.load(ordering: .relaxed) { removeAlways() } }

    /// Removes the file if it still is the one that was made here.
    func removeAlways() { UnixSocketFile.remove(address, if: identity) }

    private static func remove(_ address: UnixAddress, if identity: FileIdentity) {
        guard let directory = try? FilePlace(directory: address.directory) else { return }
        try? directory.remove(address.lastName, if: identity)
    }

    /// Whether there is any file of this path.
    package static func exists(_ path: String) -> Bool { FileIdentity(of: path) != nil }

    /// Whether the file is where it was made.
    func isInPlace() -> Bool { FileIdentity(of: address.name) == identity }

    /// Leaves the file where it is at the end.
    func keep() { isKept.store(true, ordering: .relaxed) }

    /// The file of a socket that this process was started with; nil for other addresses.
    ///
    /// - Throws: `open` when it is gone; `bind` with ENOTSOCK when it is no socket.
    static func inherited(
        _ number: CInt, _ endpoint: Endpoint
    ) throws(SystemError) -> UnixSocketFile? {
        guard case .unix(let address) = endpoint, !address.isAbstract else { return nil }
        let place = try FilePlace(address.name)
        let status = try place.status()
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw SystemError("bind", code: ENOTSOCK)
        }
        if let bound = FilePlace(boundTo: number) {
            guard FileIdentity(try bound.status()) == FileIdentity(status) else { throw .replaced }
        }
        let file = UnixSocketFile(address, FileIdentity(status))
        file.keep()
        return file
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
        // The file begins with the socket's mode, less the umask: never wider than it is to be.
        guard fchmod(number, options.unixMode ?? ListenerOptions.defaultUnixMode) == 0 else {
            throw .last("fchmod")
        }
        var result = unsafe RawAddress.with(address) { unsafe Glibc.bind(number, $0, $1) }
        if result != 0, errno == EADDRINUSE, !address.isAbstract {
            try removeStale(address)
            result = unsafe RawAddress.with(address) { unsafe Glibc.bind(number, $0, $1) }
        }
        guard result == 0 else { throw .last("bind") }
        guard !address.isAbstract else { return nil }
        let file = UnixSocketFile(address, try identity(boundTo: number, address))
        try file.setAccess(options)
        return file
    }

    /// Gives the file the mode and the owner that it is to have.
    ///
    /// - Throws: the call that failed; ESTALE when another file is in its place.
    func setAccess(_ options: ListenerOptions) throws(SystemError) {
        let place = try FilePlace(address.name)
        let status = try place.status()
        guard FileIdentity(status) == identity else { throw .replaced }
        if let owner = options.unixOwner {
            let (user, group) = (try owner.userID(), try owner.groupID())
            try place.setOwner(user ?? .max, group ?? .max)
        }
        let mode = options.unixMode ?? ListenerOptions.defaultUnixMode
        guard status.st_mode & 0o7777 != mode else { return }
        try place.setMode(mode)
    }

    /// Which file bind(2) has made.
    ///
    /// Who may not ask the kernel takes what is there now, if it can be that: a socket of this user with
    /// one name. Another of our own would have to be movable to there by somebody else.
    private static func identity(
        boundTo number: CInt, _ address: UnixAddress
    ) throws(SystemError) -> FileIdentity {
        if let bound = FilePlace(boundTo: number) { return FileIdentity(try bound.status()) }
        let status = try FilePlace(address.name).status()
        guard status.st_mode & S_IFMT == S_IFSOCK, status.st_uid == geteuid(), status.st_nlink == 1
        else { throw .replaced }
        return FileIdentity(status)
    }

    /// Removes the file of a socket at which nobody listens.
    ///
    /// - Throws: `bind` with EADDRINUSE when somebody does, with ENOTSOCK when it is no socket.
    private static func removeStale(_ address: UnixAddress) throws(SystemError) {
        let directory = try FilePlace(directory: address.directory)
        let file: FilePlace
        do throws(SystemError) {
            file = try FilePlace(address.lastName, in: directory)
        } catch {
            if error.code == ENOENT { return }
            throw error
        }
        guard try !isListening(file, address) else { throw SystemError("bind", code: EADDRINUSE) }
        try directory.remove(address.lastName, if: FileIdentity(try file.status()))
    }
}

extension UnixSocketFile {
    /// Checks whether a bind would succeed and the file could be given to its owner, and changes
    /// nothing.
    package static func probe(
        _ address: UnixAddress, _ options: ListenerOptions = ListenerOptions()
    ) throws(SystemError) {
        if try isListening(address) { throw SystemError("bind", code: EADDRINUSE) }
        guard !address.isAbstract else { return }
        try options.unixOwner?.probe()
        guard unsafe faccessat(AT_FDCWD, address.directory, W_OK | X_OK, AT_EACCESS) == 0 else {
            throw .last("bind")
        }
    }

    /// Whether a socket listens at an address.
    private static func isListening(_ address: UnixAddress) throws(SystemError) -> Bool {
        guard !address.isAbstract else { return try answers(address) }
        do throws(SystemError) {
            return try isListening(try FilePlace(address.name), address)
        } catch {
            if error.code == ENOENT { return false }
            throw SystemError("bind", code: error.code)
        }
    }

    /// Whether a socket listens behind a file.
    ///
    /// - Throws: `bind` with ENOTSOCK when it is none.
    private static func isListening(
        _ file: borrowing FilePlace, _ address: UnixAddress
    ) throws(SystemError) -> Bool {
        guard try file.status().st_mode & S_IFMT == S_IFSOCK else {
            throw SystemError("bind", code: ENOTSOCK)
        }
        // By way of procfs it is this very file that is asked; without procfs, what has its name.
        let itself = "/proc/self/fd/\(file.number)"
        return try answers(exists(itself) ? UnixAddress(itself) ?? address : address)
    }

    private static func answers(_ address: UnixAddress) throws(SystemError) -> Bool {
        let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = try FileDescriptor(socket(AF_UNIX, type, 0), from: "socket")
        let number = socket.number
        let result = unsafe RawAddress.with(address) { unsafe connect(number, $0, $1) }
        // EAGAIN is a full queue, EACCES a file that is not ours to ask: somebody may listen.
        return result == 0 || (errno != ECONNREFUSED && errno != ENOENT)
    }
}

extension SystemError {
    /// Another file is in the place of the one that was made.
    fileprivate static var replaced: SystemError { SystemError("open", code: ESTALE) }
}
