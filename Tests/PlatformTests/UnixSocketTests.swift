import Glibc
import NetworkTypes
import Synchronization
import Testing

@testable import Platform

@Suite final class UnixSocketTests {
    private let directory: String

    init() throws {
        var template = Array("/tmp/icshostd-unix-XXXXXX".utf8CString)
        let made = unsafe mkdtemp(&template) != nil
        try #require(made)
        directory = String(
            decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        _ = unsafe unlink("\(directory)/s")
        _ = unsafe rmdir(directory)
    }

    private func address() throws -> UnixAddress { try #require(UnixAddress("\(directory)/s")) }

    private func listen(
        _ options: ListenerOptions = ListenerOptions()
    ) throws -> ListeningSocket {
        try ListeningSocket(on: .unix(try address()), options: options, backlog: 16)
    }

    private var status: stat? {
        var status = stat()
        return unsafe lstat("\(directory)/s", &status) == 0 ? status : nil
    }

    /// Leaves a file behind as a server does that is killed.
    private func leaveStaleFile() throws {
        let number = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(number) }
        let result = unsafe RawAddress.with(try address()) { unsafe bind(number, $0, $1) }
        try #require(result == 0)
    }

    private func error(_ options: ListenerOptions = ListenerOptions()) throws -> SystemError? {
        do {
            _ = try listen(options)
            return nil
        } catch let error as SystemError {
            return error
        }
    }

    @Test func makesAFileWithItsModeAndRemovesIt() throws {
        var options = ListenerOptions()
        options.unixMode = 0o606
        let made = try listen(options)
        #expect(status.map { $0.st_mode & 0o777 } == 0o606)
        #expect(made.endpoint == .unix(try address()))
        made.removeFile()
        #expect(status == nil)
    }

    @Test func theFileGoesWithTheSocket() throws {
        #expect(try error() == nil)
        #expect(status == nil)
    }

    @Test func theFileIsForOwnerAndGroupByDefault() throws {
        let made = try listen()
        #expect(status.map { $0.st_mode & 0o777 } == 0o660)
        made.removeFile()
    }

    @Test func aFileOfAnotherServerIsLeftAlone() throws {
        let first = try listen()
        try #require(unsafe unlink("\(directory)/s") == 0)
        let second = try listen()
        let inode = try #require(status?.st_ino)
        first.removeFile()
        #expect(status?.st_ino == inode)
        second.removeFile()
        #expect(status == nil)
    }

    @Test func aStaleFileIsReplaced() throws {
        try leaveStaleFile()
        try #require(status != nil)
        let made = try listen()
        #expect(try error()?.kind == .portTaken)
        made.removeFile()
    }

    @Test func aLiveSocketIsNot() throws {
        let first = try listen()
        let inode = status?.st_ino
        #expect(try error()?.kind == .portTaken)
        #expect(throws: SystemError("bind", code: EADDRINUSE)) {
            try UnixSocketFile.probe(try self.address())
        }
        #expect(status?.st_ino == inode)
        first.removeFile()
    }

    @Test func aFileThatIsNoSocketIsNotReplaced() throws {
        let file = unsafe creat("\(directory)/s", 0o600)
        close(file)
        #expect(try error()?.kind == .notASocket)
        #expect(status.map { $0.st_mode & S_IFMT } == S_IFREG)
    }

    /// A file with the mode 0640 that nobody is to touch.
    private func victim() throws -> String {
        let path = "\(directory)/victim"
        let file = unsafe open(path, O_CREAT | O_WRONLY, 0o640)
        try #require(file >= 0)
        close(file)
        return path
    }

    private func mode(of path: String) -> mode_t? {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
    }

    @Test func anotherModeIsNotSetThroughALinkInThePlaceOfTheFile() throws {
        let victim = try victim()
        defer { _ = unsafe unlink(victim) }
        let made = try listen()
        try #require(unsafe unlink("\(directory)/s") == 0)
        try #require(unsafe symlink(victim, "\(directory)/s") == 0)
        var options = ListenerOptions()
        options.unixMode = 0o666
        options.unixOwner = UnixOwner(user: "\(geteuid())", group: "\(getegid())")
        #expect(throws: SystemError("open", code: ESTALE)) {
            try made.apply(options, over: ListenerOptions())
        }
        #expect(mode(of: victim) == 0o640)
        made.removeFile()
        #expect(status != nil, "the link is not ours to remove")
    }

    /// Whoever owns the directory is as fast as they like: before and after the file is made it may be a
    /// link to a file of root's.
    @Test func nobodyWinsTheRaceForTheFile() throws {
        let victim = try victim()
        defer { _ = unsafe unlink(victim) }
        let (path, other) = ("\(directory)/s", "\(directory)/link")
        var options = ListenerOptions()
        options.unixMode = 0o666
        let isOver = Atomic(false)
        let attack = try Thread(name: "attack") {
            while !isOver.load(ordering: .relaxed) {
                _ = unsafe symlink(victim, other)
                _ = unsafe rename(other, path)
                _ = unsafe unlink(path)
            }
        }
        for _ in 0..<2_000 { _ = try? listen(options) }
        isOver.store(true, ordering: .relaxed)
        attack.join()
        #expect(mode(of: victim) == 0o640)
        _ = unsafe unlink(other)
    }

    @Test(arguments: [0o600, 0o660, 0o666] as [UInt32]) func aModeChangesWithoutTheFile(
        _ mode: UInt32
    ) throws {
        let made = try listen()
        var options = ListenerOptions()
        options.unixMode = mode
        try made.apply(options, over: ListenerOptions())
        #expect(status.map { $0.st_mode & 0o777 } == mode)
        made.removeFile()
    }

    @Test func aLinkToAStaleFileIsNoSocket() throws {
        try leaveStaleFile()
        let inode = try #require(status?.st_ino)
        let link = "\(directory)/link"
        try #require(unsafe symlink("\(directory)/s", link) == 0)
        defer { _ = unsafe unlink(link) }
        let address = try #require(UnixAddress(link))
        #expect(throws: SystemError("bind", code: ENOTSOCK)) {
            _ = try ListeningSocket(on: .unix(address), backlog: 16)
        }
        #expect(status?.st_ino == inode)
    }

    @Test func aProbeChangesNothing() throws {
        try UnixSocketFile.probe(try address())
        #expect(status == nil)
        try leaveStaleFile()
        let inode = status?.st_ino
        try UnixSocketFile.probe(try address())
        #expect(status?.st_ino == inode)
        let nowhere = try #require(UnixAddress("\(directory)/none/s"))
        #expect(throws: SystemError.self) { try UnixSocketFile.probe(nowhere) }
    }

    @Test func ownersAreNamedOrNumbered() throws {
        var options = ListenerOptions()
        options.unixOwner = UnixOwner(user: "no-such-user", group: nil)
        #expect(try error(options) == SystemError("getpwnam", code: ENOENT))
        #expect(status == nil)
        options.unixOwner = UnixOwner(user: nil, group: "no-such-group")
        #expect(try error(options) == SystemError("getgrnam", code: ENOENT))
        options.unixOwner = UnixOwner(user: "\(geteuid())", group: "\(getegid())")
        #expect(try error(options) == nil)
        options.unixOwner = UnixOwner(user: "daemon", group: "daemon")
        if geteuid() == 0 {
            let made = try listen(options)
            let daemon = try #require(unsafe getpwnam("daemon")?.pointee.pw_uid)
            #expect(status?.st_uid == daemon)
            made.removeFile()
        } else {
            #expect(try error(options)?.call == "chown")
        }
    }

    @Test(arguments: [false, true]) func knowsTheProcessOfAPeer(_ isAbstract: Bool) throws {
        let name = isAbstract ? "@\(directory)" : "\(directory)/s"
        let address = try #require(UnixAddress(name))
        let listening = try ListeningSocket(on: .unix(address), backlog: 16)
        let client = FileDescriptor(adopting: socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0))
        let number = client.number
        let result = unsafe RawAddress.with(address) { unsafe connect(number, $0, $1) }
        #expect(result == 0)
        guard case .accepted(let accepted, let peer) = listening.accept() else {
            Issue.record("nobody came")
            return
        }
        #expect(peer.unixPeer == UnixPeer(processID: getpid(), userID: geteuid()))
        #expect(peer.description == "unix:pid=\(getpid()),uid=\(geteuid())")
        #expect(accepted.localAddress == nil)
        listening.removeFile()
    }
}
