internal import Glibc
internal import HandlerAPI
internal import Platform

extension Program {
    /// The default limit of a program's open descriptors: with more than that
    /// select(2) fails, so programs that want more raise the soft limit themselves.
    private static let fileLimit: UInt64 = 1_024

    /// The words of the launcher's command line, without its own name; `own` is the limit of this
    /// process, whose soft one was raised at the start.
    func launcherWords(_ own: FileLimit) -> [String] {
        var limits = limits
        if limits[.descriptors] == nil {
            limits[.descriptors] = ProgramLimit(
                soft: min(Program.fileLimit, own.hard), hard: own.hard)
        }
        var words = [Program.launcherVersion]
        words += limits.map { resource, limit in
            "l\(resource.rawValue)=\(Program.word(limit.soft)):\(Program.word(limit.hard))"
        }
        if niceness != 0 { words.append("n\(niceness)") }
        words.append("m\(String(fileModeMask, radix: 8))")
        if let account {
            words.append("s" + account.groups.map(String.init).joined(separator: ","))
            words.append("g\(account.group)")
            if let user = account.user { words.append("u\(user)") }
        }
        return words + ["d\(directory)", "p\(getpid())", "--", path] + arguments
    }

    private static func word(_ limit: UInt64?) -> String { limit.map(String.init) ?? "-" }
}
