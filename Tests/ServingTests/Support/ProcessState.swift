import Glibc
import Platform
import TestSupport

/// The state of a process that all its threads share, but for its memory.
struct ProcessState: Equatable {
    /// What is ignored, caught and blocked, and the umask (proc(5)).
    let status: [String]
    /// The threads of the engine.
    let threads: [String]
    let directory: String
    let locale: String
    let limit: FileLimit
    let niceness: CInt
    /// The target of each open descriptor.
    let descriptors: [String: String]

    private static let names = ["loop-", "off-loop", "resolver", "access-logs", "stop"]

    init() throws {
        let kept = ["Umask:", "SigBlk:", "SigIgn:", "SigCgt:"]
        status = String(decoding: ProcFile.read("/proc/self/status"), as: UTF8.self)
            .split(separator: "\n").map(String.init)
            .filter { line in kept.contains { line.hasPrefix($0) } }
        threads = try Command(["sh", "-c", "cat /proc/$PPID/task/*/comm"]).output
            .split(separator: "\n").map(String.init)
            .filter { name in Self.names.contains { name.hasPrefix($0) } }
        directory = Self.link("/proc/self/cwd")
        locale = unsafe setlocale(LC_ALL, nil).map { unsafe String(cString: $0) } ?? ""
        limit = try FileLimit.current()
        niceness = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
        let numbers = (0..<1_024).filter { fcntl($0, F_GETFD) >= 0 }
        descriptors = Dictionary(
            numbers.map { ("\($0)", Self.link("/proc/self/fd/\($0)")) }
        ) { first, _ in first }
    }

    private static func link(_ path: String) -> String {
        var target = [CChar](repeating: 0, count: 4_096)
        let count = unsafe readlink(path, &target, target.count)
        return String(decoding: target.prefix(max(0, count)).map { UInt8($0) }, as: UTF8.self)
    }
}
