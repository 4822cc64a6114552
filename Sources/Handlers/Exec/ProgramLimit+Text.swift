internal import HandlerAPI

extension ProgramLimit {
    /// Reads `64`, `8M`, `infinity`, or two of these as `SOFT:HARD`, as systemd.exec(5) has limits.
    init?(text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let values = parts.map { ProgramLimit.value($0) }
        guard (1...2).contains(values.count), let soft = values.first.flatMap({ $0 }),
            let hard = values.last.flatMap({ $0 }), soft <= hard
        else { return nil }
        self.init(
            soft: soft == .max ? nil : soft, hard: hard == .max ? nil : hard)
    }

    /// A number with its letter; the greatest stands for infinity, as it does for the kernel.
    private static func value(_ text: Substring) -> UInt64? {
        if text.lowercased() == "infinity" { return .max }
        let factors: [Character: UInt64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
        let factor = text.last.flatMap { factors[$0] }
        let digits = factor == nil ? text : text.dropLast()
        guard let first = digits.first, first.isNumber, let number = UInt64(digits) else {
            return nil
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor ?? 1)
        return overflow ? nil : product
    }
}

extension ProgramResource {
    /// What its key does.
    var help: String {
        let meaning =
            switch self {
            case .addressSpace: "the address space of the program, in bytes"
            case .coreFile: "the size of its core file, in bytes"
            case .processorTime: "its CPU time, in seconds"
            case .data: "its data segment, in bytes"
            case .fileSize: "the size of each file that it writes, in bytes"
            case .lockedMemory: "its locked memory, in bytes"
            case .descriptors: "its file descriptors; blank means 1024, within the hard limit"
            case .processes: "the processes of its user"
            case .stack: "its stack, in bytes"
            }
        return
            "The limit on \(meaning). Takes one value, or SOFT:HARD, with K, M, G or T, or infinity."
    }
}
