/// How important a record of a handler is.
public enum LogLevel: Sendable {
    /// The handler failed at something.
    case error
    /// It went on, but somebody should look.
    case warning
    /// Seldom, and worth to know.
    case notice
    /// What happens every day.
    case info
    /// For those who look for a fault.
    case debug
}
