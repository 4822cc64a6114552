extension ArraySlice<UInt8> {
    /// How much of a line is searched for a key.
    private static let keyLimit = 1_024

    /// The part of the line that may be printed.
    ///
    /// Without the value of a password, even in a mistaken line, and without private keys.
    var withoutSecret: Self {
        guard !trimmed.isKeyMaterial else { return prefix(0) }
        let start = prefix(Self.keyLimit)
        let equals = start.firstIndex(of: UInt8(ascii: "="))
        if let equals {
            let key = String(decoding: self[..<equals].trimmed, as: UTF8.self)
            let isKey = self[(equals + 1)...].trimmed.starts(with: "-----BEGIN".utf8)
            if isKey || Schema.isSecret(key) { return self[...equals] }
        }
        // Also [SslPassword=x, SslPassword: x and SslPassword x.
        for word in start.split(whereSeparator: { !$0.isWordByte })
        where Schema.isSecret(String(decoding: word, as: UTF8.self)) {
            let rest = self[word.endIndex...]
            let end = rest.firstIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
            return end.map { self[$0].isWordByte ? self[..<word.endIndex] : self[...$0] } ?? self
        }
        return self
    }
}

extension UInt8 {
    /// Whether it is an ASCII letter or digit, or part of a non-ASCII letter.
    fileprivate var isWordByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
            true
        default: false
        }
    }
}
