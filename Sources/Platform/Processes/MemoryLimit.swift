internal import Glibc

/// How much memory this process may have.
package struct MemoryLimit: Hashable, Sendable {
    /// The bytes.
    package let bytes: Int
    /// Where the limit is set, such as `memory.max of /system.slice/icshostd.service`.
    package let source: String

    /// The least of what the machine has and what the control groups of the process allow
    /// (`memory.max`, `memory.high`, and `memory.limit_in_bytes` of the first version; cgroups(7)).
    package static func current() -> MemoryLimit {
        let machine = MemoryLimit(
            bytes: product(Int(sysconf(CInt(_SC_PHYS_PAGES))), Int(sysconf(CInt(_SC_PAGESIZE)))),
            source: "the machine")
        let groups = ProcFile.read("/proc/self/cgroup")
        return least(
            machine, groups: String(decoding: groups, as: UTF8.self), root: "/sys/fs/cgroup")
    }

    /// The lowest of a limit and those of the control groups.
    ///
    /// - Parameters:
    ///   - machine: what holds without them.
    ///   - groups: the text of /proc/self/cgroup.
    ///   - root: where control groups are mounted.
    /// - Returns: the lesser one.
    static func least(_ machine: MemoryLimit, groups: String, root: String) -> MemoryLimit {
        var least = machine
        for line in groups.split(separator: "\n") {
            let fields = line.split(
                separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let isFirst = fields[1].split(separator: ",").contains("memory")
            guard isFirst || fields[1].isEmpty else { continue }
            let files = isFirst ? ["memory.limit_in_bytes"] : ["memory.max", "memory.high"]
            // A group is bound by all above it.
            var group = fields[2] == "/" ? "" : fields[2]
            while true {
                for file in files {
                    let path = "\(root)\(isFirst ? "/memory" : "")\(group)/\(file)"
                    let text = String(decoding: ProcFile.read(path), as: UTF8.self)
                    // "max" is no limit; version 1 has a number above the memory of any machine.
                    if let bytes = Int(text.prefix { $0.isNumber }), bytes < least.bytes {
                        least = MemoryLimit(
                            bytes: bytes, source: "\(file) of \(group.isEmpty ? "/" : group)")
                    }
                }
                guard let slash = group.lastIndex(of: "/") else { break }
                group = group[..<slash]
            }
        }
        return least
    }

    private static func product(_ count: Int, _ size: Int) -> Int {
        let (bytes, overflows) = count.multipliedReportingOverflow(by: size)
        return overflows || bytes <= 0 ? .max : bytes
    }
}
