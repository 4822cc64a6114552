import TestSupport
import Testing

@testable import Platform

/// What control groups say about memory.
@Suite struct MemoryLimitTests {
    private let directory: TemporaryDirectory
    private let machine = MemoryLimit(bytes: 1 << 40, source: "the machine")

    init() throws { directory = try TemporaryDirectory() }

    private func write(_ text: String, to path: String) throws {
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        try Command.succeed(["mkdir", "-p", directory(folder)])
        try directory.write(text, to: path)
    }

    private func least(_ groups: String) -> MemoryLimit {
        MemoryLimit.least(machine, groups: groups, root: directory.path)
    }

    @Test func theLeastOfAGroupAndAllAboveItCounts() throws {
        try write("max\n", to: "a.slice/b.service/memory.max")
        try write("3000000\n", to: "a.slice/b.service/memory.high")
        try write("2000000\n", to: "a.slice/memory.max")
        #expect(
            least("0::/a.slice/b.service\n")
                == .init(bytes: 2_000_000, source: "memory.max of /a.slice"))
        try write("1000000\n", to: "a.slice/b.service/memory.high")
        #expect(least("0::/a.slice/b.service\n").bytes == 1_000_000)
        try write("5000\n", to: "memory.max")
        #expect(least("0::/\n") == .init(bytes: 5_000, source: "memory.max of /"))
    }

    @Test func theFirstVersionOfControlGroupsIsReadToo() throws {
        try write("4096\n", to: "memory/x/memory.limit_in_bytes")
        #expect(least("5:cpu:/x\n4:memory:/x\n").bytes == 4_096)
    }

    @Test func withoutAGroupTheMachineCounts() throws {
        try write("junk", to: "a/memory.max")
        #expect(least("0::/a\nnonsense\n") == machine)
        #expect(MemoryLimit.current().bytes > 1 << 20)
    }
}
