internal import Glibc

/// A capability (capabilities(7)) that this process may need.
enum Capability: Int {
    case kill = 5
    case setGroup = 6
    case setUser = 7
    case niceness = 23

    /// Its name in capabilities(7) and systemd.exec(5).
    var name: String {
        switch self {
        case .kill: "CAP_KILL"
        case .setGroup: "CAP_SETGID"
        case .setUser: "CAP_SETUID"
        case .niceness: "CAP_SYS_NICE"
        }
    }

    /// The capabilities of a list that this process does not have.
    static func missing(_ wanted: [Capability]) -> [Capability] {
        let effective = effective
        return wanted.filter { effective & 1 << UInt64($0.rawValue) == 0 }
    }

    /// Whether a process may set its nice value at all, here to what it is (setpriority(2)): a filter of
    /// system calls may forbid it.
    static var maySetNiceness: Bool {
        let ours = CInt(PRIO_PROCESS.rawValue)
        return setpriority(ours, 0, getpriority(ours, 0)) == 0
    }

    /// `CapEff` of proc(5), 0 when it cannot be read.
    private static var effective: UInt64 {
        let file = unsafe open("/proc/self/status", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 8_192)
        let count = unsafe read(file, &bytes, bytes.count)
        let lines = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(
            separator: "\n")
        let line = lines.first { $0.hasPrefix("CapEff:") }
        return line.flatMap { UInt64($0.dropFirst("CapEff:\t".count), radix: 16) } ?? 0
    }
}
