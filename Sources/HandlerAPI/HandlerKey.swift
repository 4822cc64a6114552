/// A key that a handler adds to the sections of its hosts.
public struct HandlerKey: Sendable {
    /// What a value must be, with its limits.
    public enum Kind: Sendable {
        /// Any text.
        case text
        /// A whole number within a range.
        case integer(ClosedRange<Int>)
        /// True or False.
        case boolean
        /// Seconds, or a number with `ms`, `s`, `m` or `h`, up to a limit.
        case duration(upTo: Duration)
        /// One of these words, in any case.
        case choice([String])
    }

    /// The key as the documentation spells it; the file may use any case.
    public let name: String
    /// What its value must be.
    public let kind: Kind
    /// The value, as the file would spell it, of a host that does not set the key.
    public let defaultValue: String
    /// One line for the sample configuration.
    public let help: String

    /// Declares a key.
    public init(_ name: String, _ kind: Kind, default defaultValue: String, help: String) {
        self.name = name
        self.kind = kind
        self.defaultValue = defaultValue
        self.help = help
    }
}
