import Files
import Foundation
import Synchronization
import TestSupport
import Testing

/// The kernel and our own walk open the same files, and refuse the same with the same words.
@Suite struct PathResolutionTests {
    /// What became of a path: a file's state, or what the system said.
    private enum Outcome: Equatable {
        case file(OpenFile.Identity)
        case refused(FileTrouble.Kind, String)
    }

    private func outcome(_ path: String, in folder: Folder) -> Outcome {
        do throws(FileTrouble) {
            return .file(try folder.open(Array(path.utf8).span, at: 1).identity)
        } catch {
            return .refused(error.kind, error.reason)
        }
    }

    /// A root with links of every kind, and a file beside it.
    private func directory() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try Command.succeed([
            "sh", "-ec",
            """
            cd \(directory.path) && mkdir -p root/sub/deep root/sticky root/locked && cd root
            echo out > ../out; echo in > in; echo deep > sub/deep/file
            ln -s in link; ln -s sub dirlink; ln -s sub/ slashlink; ln -s sub/deep/../../in round
            ln -s ../out leaves; ln -s sub/../../out leavesLate; ln -s .. up; ln -s . self
            ln -s "$PWD/in" absolute; ln -s loopB loopA; ln -s loopA loopB; ln -s nowhere dangling
            ln -s ../../in sub/deep/home; ln -s ../sub/deep sub/again; ln -s sub/again/home nested
            ln -s in link1; for n in $(seq 2 41); do ln -s link$((n - 1)) link$n; done
            mkfifo fifo; chmod 1777 sticky; ln -s ../in sticky/link; ln -s //etc doubled
            ln -s ./././sub/./deep//file dots; chmod 0 locked
            """,
        ])
        return directory
    }

    private static let names = [
        "in", "link", "dirlink", "slashlink", "round", "leaves", "leavesLate", "up", "self",
        "absolute", "loopA", "dangling", "sub", "sub/deep/home", "sub/again", "nested", "link40",
        "link41", "fifo", "sticky/link", "doubled", "dots", "none", "locked", "..", ".", "...",
        String(repeating: "n", count: 255), String(repeating: "n", count: 256),
    ]
    private static let ends = [
        "", "/", "//", "/.", "/..", "/../", "/../..", "/in", "/deep", "/deep/file", "/deep/file/",
        "/../in", "/../sub/deep/home", "/../../out", "/./.", "/up", "/self/self/in", "/out",
    ]

    /// Paths made of both, and some that are like nothing else.
    private static let paths =
        names.flatMap { name in ends.map { name + $0 } }
        + ["", "/", "/in", "//in", "./in", "././/in", "../root/in", "sub/../../root/in"]
        + [
            String(repeating: "./", count: 2_046) + "in",
            String(repeating: "./", count: 2_047) + "in",
            String(repeating: "self/", count: 40) + "in",
            String(repeating: "self/", count: 41) + "in",
        ]

    @Test func bothWaysOpenTheSame() throws {
        let directory = try directory()
        let kernel = try Folder(directory("root"), resolution: .kernel)
        let walk = try Folder(directory("root"), resolution: .walk)
        for path in Self.paths {
            let (expected, found) = (outcome(path, in: kernel), outcome(path, in: walk))
            #expect(expected == found, "\(path.prefix(80))")
        }
        #expect(outcome("link40", in: walk) == outcome("in", in: walk))
        #expect(outcome("leavesLate", in: walk) == .refused(.outside, "Invalid cross-device link"))
    }

    @Test func linksOfProcfsLeadNowhere() throws {
        let kernel = try Folder("/proc/self", resolution: .kernel)
        let walk = try Folder("/proc/self", resolution: .walk)
        for path in ["exe", "cwd", "root/etc", "fd/0", "ns/net", "cwd/", "status/", "task/../exe"] {
            let (expected, found) = (outcome(path, in: kernel), outcome(path, in: walk))
            #expect(expected == found, "\(path)")
        }
        // A link like any other.
        let proc = try Folder("/proc", resolution: .walk)
        #expect(try proc.open(Array("self/status".utf8).span, at: 1).kind == .regular)
    }

    @Test func aRaceLeadsNowhereElse() throws {
        let directory = try directory()
        let folder = try Folder(directory("root"), resolution: .walk)
        let secret = try Folder(directory.path, resolution: .kernel)
        let outside = try secret.open(Array("out".utf8).span, at: 1).identity
        let inside = try folder.open(Array("sub/deep/file".utf8).span, at: 1).identity
        // What is a directory now is a link upwards then, and again a directory.
        let (sub, kept, away) = (
            directory("root/sub"), directory("root/kept"), directory("root/away")
        )
        #expect(unsafe symlink("..", away) == 0)
        let mustEnd = SharedFlag()
        let thread = Thread {
            while !mustEnd.isSet {
                for (old, new) in [(sub, kept), (away, sub), (sub, away), (kept, sub)] {
                    unsafe rename(old, new)
                }
            }
        }
        thread.start()
        defer { mustEnd.set() }
        var found = 0
        for _ in 0..<20_000 {
            if let file = try? folder.open(Array("sub/out".utf8).span, at: 1) {
                #expect(file.identity != outside)
            }
            guard let file = try? folder.open(Array("sub/deep/home".utf8).span, at: 1) else {
                continue
            }
            #expect(file.identity != outside)
            found += 1
        }
        #expect(found > 0 && inside != outside)
    }

    @Test func noDescriptorIsLeftOpen() throws {
        let directory = try directory()
        let folder = try Folder(directory("root"), resolution: .walk)
        for path in Self.paths { _ = outcome(path, in: folder) }
        // Other tests have descriptors of their own.
        let files = FileManager.default
        let open = try files.contentsOfDirectory(atPath: "/proc/self/fd").filter { number in
            let target = try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)")
            return target?.hasPrefix(directory.path) == true
        }
        #expect(open.count == 1, "the folder itself, not \(open.count)")
    }
}

/// Tells a thread to end.
private final class SharedFlag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .relaxed) }

    func set() { value.store(true, ordering: .relaxed) }
}
