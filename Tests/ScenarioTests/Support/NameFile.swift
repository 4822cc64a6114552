import Glibc
import TestSupport

/// What stands in `/etc/hosts` for one daemon, in a mount namespace of its own.
final class NameFile {
    private let directory: TemporaryDirectory

    /// Begins with a text.
    init(_ text: String) throws {
        directory = try TemporaryDirectory()
        try directory.write(text, to: "hosts")
    }

    /// Changes it in its place, for that file is mounted, and at once, for nobody shall find it empty.
    ///
    /// - Parameter text: as long as the old one.
    /// - Throws: pwrite(2).
    func overwrite(_ text: String) throws {
        let file = unsafe open(directory("hosts"), O_WRONLY | O_CLOEXEC)
        defer { close(file) }
        let bytes = Array(text.utf8)
        guard unsafe pwrite(file, bytes, bytes.count, 0) == bytes.count else {
            throw TestFailure.last("pwrite")
        }
    }

    /// Words before those of the daemon.
    var launcher: [String] {
        NameFile.isolate + [
            "sh", "-c", "mount --bind \"$1\" /etc/hosts && shift && exec \"$@\"", "sh",
            directory("hosts"),
        ]
    }

    private static let isolate = geteuid() == 0 ? ["unshare", "-m"] : ["unshare", "-rm"]

    /// Whether mount namespaces can be made here.
    static var mayBeSet: Bool {
        (try? Command(isolate + ["true"]).end == .exited(0)) ?? false
    }
}
