internal import CFiles
internal import Glibc
internal import Platform

/// Opens a file below a directory, a component at a time: what openat2(2) does with `RESOLVE_BENEATH` and
/// `RESOLVE_NO_MAGICLINKS`, where a filter refuses that call.
///
/// Theory of operation: the kernel never gets more than one name at a time, and never one that is a
/// link to follow or `..`. A directory is held by a descriptor from the moment it is entered, so renames
/// change nothing about where the walk is. `..` goes back to the descriptor that the walk came by,
/// which was below the root then. A link is opened itself, read, and its text takes the place of its
/// name: links of procfs that lead elsewhere than their text says lead nowhere here.
struct BeneathWalk: ~Copyable {
    /// So many links are followed, as the kernel does.
    private static let linkLimit = 40
    /// So often a name is looked at again that somebody exchanges meanwhile.
    private static let tryLimit = 16
    private static let slash = UInt8(ascii: "/")

    private let root: CInt
    /// The directories entered since, the last one innermost.
    private var entered: [CInt] = []
    /// What is still to be walked.
    private var rest: ArraySlice<UInt8>
    private var links = 0
    private var tries = 0

    private init(_ path: [UInt8], below root: CInt) { (rest, self.root) = (path[...], root) }

    deinit { for directory in entered { _ = close(directory) } }

    /// Opens a file for reading; a FIFO without waiting for its other end.
    ///
    /// - Parameters:
    ///   - path: relative, without a NUL.
    ///   - root: the directory.
    /// - Throws: what openat2(2) would say: `EXDEV` for what leads out.
    /// - Returns: a descriptor, which is the caller's to close.
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

    /// Goes one name further.
    ///
    /// - Returns: the file at the end of the way; nil when there is more to walk.
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

    /// Opens what a name means in a directory, never through a link.
    private static func open(
        _ name: [UInt8], in directory: CInt, _ purpose: cfiles_purpose
    ) throws(SystemError) -> CInt {
        let number = unsafe name.withPath { unsafe cfiles_open_name(directory, $0, purpose) }
        guard number >= 0 else { throw .last("openat") }
        return number
    }

    /// Goes back to the directory that this one was entered from.
    private mutating func leave() throws(SystemError) {
        // Who may not search a directory cannot leave it either, for the kernel.
        _ = close(try BeneathWalk.open([UInt8(ascii: ".")], in: here, CFILES_ENTER))
        guard let last = entered.popLast() else { throw SystemError("openat", code: EXDEV) }
        _ = close(last)
    }

    /// Goes on with a name that could not be opened as a file or directory.
    ///
    /// - Parameters:
    ///   - name: a link, unless it has been exchanged meanwhile.
    ///   - isLast: whether nothing comes after it.
    ///   - failure: why it could not be opened.
    /// - Throws: the failure of what is no link, or why the link is not followed.
    /// - Returns: what is to be walked in its place.
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

    /// Refuses a link that somebody else put into a directory where all may write (proc_sys_fs(5),
    /// `protected_symlinks`).
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
        // In procfs a link that says where it leads, or `pipe:[1]`, is none that its text describes.
        let isMagic = links == 1 && (text.first == slash || text.contains(UInt8(ascii: ":")))
        guard !isMagic, links != 2 else { throw SystemError("openat", code: ELOOP) }
        guard !text.isEmpty else { throw SystemError("openat", code: ENOENT) }
        return text
    }
}
