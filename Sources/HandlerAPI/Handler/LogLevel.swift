/// How important a log record is: the levels of `LogLevel=`, with the names of syslog(3).
public enum LogLevel: String, CaseIterable, Comparable, Sendable {
    /// Something failed.
    case error
    /// Something works, but an operator should check it.
    case warning
    /// Rare and worth knowing.
    case notice
    /// Normal operation.
    case info
    /// Details for troubleshooting.
    case debug

    /// The number of syslog(3): the more important, the smaller.
    package var priority: Int {
        switch self {
        case .error: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug: 7
        }
    }

    /// The level of a syslog(3) number; numbers below 3 are errors.
    package init(priority: Int) {
        self =
            switch priority {
            case ...3: .error
            case 4: .warning
            case 5: .notice
            case 6: .info
            default: .debug
            }
    }

    /// Orders levels as their syslog(3) numbers: the more important level is the smaller one.
    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.priority < right.priority
    }
}
