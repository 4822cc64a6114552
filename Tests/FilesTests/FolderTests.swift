import Files
import Glibc
import TestSupport
import Testing

/// What can be opened below a folder, and what cannot.
@Suite struct FolderTests {
    private func kind(
        _ path: String, in directory: TemporaryDirectory, _ resolution: PathResolution
    ) throws -> FileTrouble.Kind? {
        let folder = try Folder(directory("root"), resolution: resolution)
        let bytes = Array(path.utf8)
        do {
            _ = try folder.open(bytes.span, at: 1)
            return nil
        } catch {
            return error.kind
        }
    }

    private func directory() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        for name in ["root", "root/sub"] {
            guard unsafe mkdir(directory(name), 0o755) == 0 else { throw TestFailure.last("mkdir") }
        }
        try directory.write("in", to: "root/in.txt")
        try directory.write("out", to: "out.txt")
        for (target, link) in [
            ("in.txt", "good"), ("../out.txt", "bad"), ("/etc/passwd", "absolute"),
            ("sub/../in.txt", "round"), ("loop", "loop"), ("/proc/self/root", "magic"),
        ] {
            guard unsafe symlink(target, directory("root/" + link)) == 0 else {
                throw TestFailure.last("symlink")
            }
        }
        return directory
    }

    @Test(
        arguments: [
            ("in.txt", nil), ("sub", nil), ("", nil), ("good", nil), ("round", nil),
            ("sub/../in.txt", nil),
            ("none", .absent), ("in.txt/x", .absent), ("loop", .absent), ("../out.txt", .outside),
            ("bad", .outside), ("absolute", .outside), ("/etc/passwd", .outside),
            ("magic", .outside),
            ("sub/../../out.txt", .outside), (String(repeating: "a", count: 300), .absent),
        ] as [(String, FileTrouble.Kind?)], PathResolution.allCases)
    func opensWhatIsBelow(
        _ path: (name: String, trouble: FileTrouble.Kind?), _ resolution: PathResolution
    ) throws {
        #expect(try kind(path.name, in: directory(), resolution) == path.trouble)
    }

    @Test(arguments: PathResolution.allCases)
    func tellsWhatAFileIs(_ resolution: PathResolution) throws {
        let directory = try directory()
        let folder = try Folder(directory("root"), resolution: resolution)
        let (name, sub) = (Array("in.txt".utf8), Array("sub".utf8))
        let file = try folder.open(name.span, at: 1)
        #expect(file.kind == .regular && file.size == 2)
        #expect(try file.read(count: 2) == Array("in".utf8))
        #expect(try folder.open(sub.span, at: 1).kind == .directory)
        #expect(unsafe mkfifo(directory("root/fifo"), 0o644) == 0)
        let fifo = Array("fifo".utf8)
        #expect(try folder.open(fifo.span, at: 1).kind == .other)
        let before = file.identity
        try directory.write("IN", to: "root/in.txt")
        #expect(try folder.open(name.span, at: 1).identity != before)
    }

    /// What `in.txt` is in a folder.
    private func text(_ folder: Folder, at second: Int) throws -> String {
        let name = Array("in.txt".utf8)
        return String(
            decoding: try folder.open(name.span, at: second).read(count: 2), as: UTF8.self)
    }

    @Test(arguments: ["ln -s root cur", "mv root cur"])
    func becomesWhatItsPathMeansInTheNextSecond(_ preparation: String) throws {
        let directory = try directory()
        func shell(_ script: String) throws {
            try Command.succeed(["sh", "-ec", "cd \(directory.path) && \(script)"])
        }
        try shell(preparation)
        let folder = try Folder(directory("cur"))
        #expect(try text(folder, at: 1) == "in")
        try shell("mkdir new && printf v2 > new/in.txt && mv -T cur old")
        // While the path means nothing, the folder is what it was.
        #expect(try text(folder, at: 2) == "in")
        try shell("mv -T new cur")
        #expect(try text(folder, at: 2) == "in")
        #expect(try text(folder, at: 3) == "v2")
        try shell("mkdir new && printf v3 > new/in.txt && mv cur v2 && ln -s new cur")
        #expect(try text(folder, at: 4) == "v3")
    }
}
