internal import CFiles
internal import Glibc
internal import Platform

/// Opens a file below a directory, one component at a time.
///
/// The result is that of openat2(2) with `RESOLVE_BENEATH` and `RESOLVE_NO_MAGICLINKS`, for systems where a
/// filter refuses that call.
///
/// Theory of operation: the kernel only gets one name at a time, never `..`, and never follows a link. Each
/// directory stays open from the moment it is entered, so renames do not affect the walk. `..` returns to the
/// descriptor that the walk came from, which was below the root then. A link itself is opened and read, and
/// its text replaces its name: links of procfs whose target differs from their text are refused.
struct BeneathWalk: ~Copyable {
    /// The most links that are followed, as in the kernel.
    private static let linkLimit = 40
    /// The most attempts for a name that is replaced meanwhile.
    private static let tryLimit = 16
    private static let slash = UInt8(ascii: "/")

    private let root: CInt
    /// The directories entered so far, the innermost last.
    private var entered: [CInt] = []
    /// The remaining part of the path.
    private var rest: ArraySlice<UInt8>
    private var links = 0
    private var tries = 0

    private init(_ path: [UInt8], below root: CInt) { (rest, self.root) = (path[...], root) }

    deinit { for directory in entered { _ = close(directory) } }

    /// Opens a file for reading; does not wait for a writer of a FIFO.
    ///
    /// - Parameters:
    ///   - path: relative, without a NUL.
    ///   - root: the directory.
    /// - Throws: the error of openat2(2): `EXDEV` for a path that leads out.
    /// - Returns: a descriptor, which the caller has to close.
    static func open(_ path: [UInt8], below root: CInt) throws(SystemError) -> CInt {
        guard path.count < Int(PATH_MAX) else { throw SystemError("openat", code: ENAMETOOLONG) }
        var walk = BeneathWalk(path, below: root)
        try walk.refuseAbsolute(path)
        while true {
            if let file = try walk.step() { return file }
        }
    }

    private func refuseAbsolute(_ path: [UInt8]) throws(SystemError) {
        if path.first == BeneathWalk.slash { throw SystemError("openat", code: EXDEV) }
    }

    private var here: CInt { entered.last ?? root }

    /// Walks one name.
    ///
    /// - Returns: the file at the end of the path; nil when the path is not complete.
    private mutating func step() throws(SystemError) -> CInt? {
        let path = rest.drop { $0 == BeneathWalk.slash }
        let name = Array(path.prefix { $0 != BeneathWalk.slash })
        rest = path.dropFirst(name.count)
        let isLast = rest.allSatisfy { $0 == BeneathWalk.slash }
        let dot = UInt8(ascii: ".")
        if name == [dot] || name == [dot, dot] {
            if name.count == 2 { try leave() }
            return isLast ? try BeneathWalk.open([dot], in: here, CFILES_READ_FOLDER) : nil
        }
        let purpose =
            isLast ? (rest.isEmpty ? CFILES_READ : CFILES_READ_FOLDER) : CFILES_ENTER
        do throws(SystemError) {
            let file = try BeneathWalk.open(name, in: here, purpose)
            if isLast { return file }
            entered.append(file)
        } catch {
            guard error.code == ELOOP || error.code == ENOTDIR else { throw error }
            rest = try follow(name, isLast: isLast, after: error) + rest
        }
        return nil
    }

    /// Opens a name in a directory without following a link.
    private static func open(
        _ name: [UInt8], in directory: CInt, _ purpose: cfiles_purpose
    ) throws(SystemError) -> CInt {
        let number = unsafe name.withPath { unsafe cfiles_open_name(directory, $0, purpose) }
        guard number >= 0 else { throw .last("openat") }
        return number
    }

    /// Returns to the parent from which this directory was entered.
    private mutating func leave() throws(SystemError) {
        // The kernel only allows `..` in a directory that the user may search.
        _ = close(try BeneathWalk.open([UInt8(ascii: ".")], in: here, CFILES_ENTER))
        guard let last = entered.popLast() else { throw SystemError("openat", code: EXDEV) }
        _ = close(last)
    }

    /// Continues with a name that could not be opened as a file or directory.
    ///
    /// - Parameters:
    ///   - name: a link, unless it has been replaced meanwhile.
    ///   - isLast: whether it is the end of the path.
    ///   - failure: the error of opening it.
    /// - Throws: `failure` if it is not a link, or why the link is not followed.
    /// - Returns: the path that replaces the name.
    private mutating func follow(
        _ name: [UInt8], isLast: Bool, after failure: SystemError
    ) throws(SystemError) -> [UInt8] {
        let link = try BeneathWalk.open(name, in: here, CFILES_PLACE)
        defer { _ = close(link) }
        var status = stat()
        guard unsafe fstat(link, &status) == 0 else { throw .last("fstat") }
        let type = status.st_mode & S_IFMT
        guard type == S_IFLNK else {
            tries += 1
            guard failure.code == ELOOP || type == S_IFDIR, tries < BeneathWalk.tryLimit else {
                throw failure
            }
            return name
        }
        links += 1
        guard links <= BeneathWalk.linkLimit else { throw SystemError("openat", code: ELOOP) }
        if isLast { try refuseStranger(status.st_uid) }
        let target = try BeneathWalk.target(of: link)
        try refuseAbsolute(target)
        return target
    }

    /// Refuses another user's link in a world-writable directory (proc_sys_fs(5), `protected_symlinks`).
    private func refuseStranger(_ owner: uid_t) throws(SystemError) {
        guard owner != geteuid() else { return }
        var status = stat()
        guard unsafe fstat(here, &status) == 0 else { throw .last("fstat") }
        let all = S_ISVTX | S_IWOTH
        guard status.st_mode & all != all || status.st_uid == owner else {
            throw SystemError("openat", code: EACCES)
        }
    }

    /// The text of a link.
    private static func target(of link: CInt) throws(SystemError) -> [UInt8] {
        let links = cfiles_links_of(link)
        guard links >= 0 else { throw .last("fstatfs") }
        var failure: SystemError?
        let text = unsafe [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
            let got = unsafe buffer.withMemoryRebound(to: CChar.self) {
                unsafe $0.baseAddress.map { unsafe readlinkat(link, "", $0, Int(PATH_MAX)) } ?? -1
            }
            if got < 0 { failure = .last("readlinkat") }
            count = max(0, got)
        }
        if let failure { throw failure }
        // The text of a procfs link, a path or `pipe:[1]`, need not describe its target.
        let isMagic = links == 1 && (text.first == slash || text.contains(UInt8(ascii: ":")))
        guard !isMagic, links != 2 else { throw SystemError("openat", code: ELOOP) }
        guard !text.isEmpty else { throw SystemError("openat", code: ENOENT) }
        return text
    }
}
