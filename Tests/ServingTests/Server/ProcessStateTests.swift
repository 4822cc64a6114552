import Glibc
import HandlerAPI
import Platform
import TestSupport
import Testing

@testable import Serving

/// What a server leaves of the process that it runs in.
@Suite struct ProcessStateTests {
    /// The state of a process that all its threads share, but for its memory.
    private struct ProcessState: Equatable {
        /// What is ignored, caught and blocked, the umask and the number of threads (proc(5)).
        let status: [String]
        let directory: String
        let locale: String
        let limit: FileLimit
        let niceness: CInt
        /// The target of each open descriptor.
        let descriptors: [String: String]

        init() throws {
            let kept = ["Umask:", "SigBlk:", "SigIgn:", "SigCgt:", "Threads:"]
            status = String(decoding: ProcFile.read("/proc/self/status"), as: UTF8.self)
                .split(separator: "\n").map(String.init)
                .filter { line in kept.contains { line.hasPrefix($0) } }
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

    @Test func aServerThatHasStoppedLeavesTheProcessAsItWas() async {
        await #expect(processExitsWith: .success) {
            DefaultSignals.restore()
            // What the runtime and libssl create once, and tests' children.
            try ProcessStateTests.serve()
            let before = try ProcessState()
            for _ in 0..<3 { try ProcessStateTests.serve() }
            // A detached thread of a pool may still be exiting.
            try? waitUntil("the same state") { try ProcessState() == before }
            let after = try ProcessState()
            // Read by who runs the test: of the other process it knows no more than that it failed.
            if after != before { print(before, after, separator: "\n") }
            #expect(after == before)
        }
    }

    /// Serves clients of each kind, with a job off the loop, a name that is resolved, and a file.
    private static func serve() throws {
        for transport in Transport.allCases {
            let server = try TestServer(
                ScriptedHandler { client in
                    let number = try await client.offLoop { getpid() }
                    do {
                        _ = try await client.connect(to: .init(.host("localhost", port: 1)))
                    } catch is DialError {}
                    try await client.write("\(number)\n")
                    return .close
                }, over: transport, workers: 2)
            for _ in 0..<8 {
                #expect(try server.connect().receiveText() == "\(getpid())\n")
            }
        }
    }
}
