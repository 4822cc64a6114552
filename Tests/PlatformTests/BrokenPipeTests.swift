import Glibc
import TestSupport
import Testing

@testable import Platform

/// Each test runs in a process of its own, which SIGPIPE ends unless it is blocked.
@Suite struct BrokenPipeTests {
    /// Writes to a pipe that nobody reads.
    private static func write() throws -> CInt {
        var ends: [CInt] = [-1, -1]
        try #require(unsafe pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        return unsafe Glibc.write(ends[1], "x", 1) < 0 ? errno : 0
    }

    private static var isBlocked: Bool {
        var mask = sigset_t()
        _ = unsafe pthread_sigmask(SIG_BLOCK, nil, &mask)
        return unsafe sigismember(&mask, SIGPIPE) == 1
    }

    @Test func withoutItTheProcessEnds() async {
        await #expect(processExitsWith: .signal(SIGPIPE)) {
            DefaultSignals.restore()
            _ = try Self.write()
        }
    }

    @Test func aThreadGetsAnError() async {
        await #expect(processExitsWith: .success) {
            DefaultSignals.restore()
            let result = Lock<CInt>(0)
            try Thread(name: "writer") {
                let code = try? Self.write()
                result.withLock { $0 = code ?? 0 }
            }.join()
            #expect(result.withLock { $0 } == EPIPE)
            #expect(!Self.isBlocked, "only the new thread blocks it")
        }
    }

    @Test func aCallerKeepsItsMaskAndGetsNoSignalLater() async {
        await #expect(processExitsWith: .success) {
            DefaultSignals.restore()
            for _ in 0..<3 {
                let code = try BrokenPipe.blocked(during: Self.write)
                #expect(code == EPIPE)
                #expect(!Self.isBlocked && !BrokenPipe.isPending)
            }
        }
    }

    @Test func aSignalThatWaitedBeforeStillWaits() async {
        await #expect(processExitsWith: .success) {
            DefaultSignals.restore()
            BrokenPipe.block()
            raise(SIGPIPE)
            let code = try BrokenPipe.blocked(during: Self.write)
            #expect(code == EPIPE)
            #expect(Self.isBlocked && BrokenPipe.isPending)
        }
    }
}
