/// A key that a handler adds to the sections of its hosts.
public struct HandlerKey: Sendable {
    /// What a value must be, with its limits.
    public enum Kind: Sendable {
        /// Any text.
        case text
        /// Any text that is not for people: quotes around all of it are most likely a mistake, which is told.
        case unquotedText
        /// A whole number within a range.
        case integer(ClosedRange<Int>)
        /// True or False.
        case boolean
        /// Seconds, or a number with `ms`, `s`, `m` or `h`, up to a limit.
        case duration(upTo: Duration)
        /// One of these words, in any case.
        case choice([String])
        /// The path of a file or directory; one of Windows goes through `[PathMap]`.
        case path
        /// Texts by comma, without those that are blank.
        case list
        /// Any text; the key may be given again and again, and each time adds a text.
        case texts
        /// A name or address with a port, such as `example.org:80` or `[2001:db8::1]:80`.
        case hostPort
        /// A DNS name or an IP address; a name comes in lower case, without a final dot, and with letters
        /// beyond ASCII as DNS writes them (`xn--`).
        case hostName
        /// Bytes, or a number with `K`, `M` or `G` (times 1,024), up to a limit.
        case size(upTo: Int)
        /// Permissions in octal, such as `022`, from `000` to `777`.
        case mode
    }

    /// The key as the documentation spells it; the file may use any case.
    public let name: String
    /// What its value must be.
    public let kind: Kind
    /// The value, as the file would spell it, of a host that does not set the key.
    public let defaultValue: String
    /// What the key does, in sentences, for the manual and the sample configuration.
    public let help: String

    /// Declares a key.
    public init(_ name: String, _ kind: Kind, default defaultValue: String, help: String) {
        self.name = name
        self.kind = kind
        self.defaultValue = defaultValue
        self.help = help
    }
}
