extension ArraySlice<UInt8> {
    /// The longest part of a line in which a key is looked for.
    private static let keyLimit = 1_024

    /// The line as far as it may be printed: without the value that it gives a password, however
    /// the line is mistaken, and without keys.
    var withoutSecret: Self {
        guard !trimmed.isKeyMaterial else { return prefix(0) }
        let start = prefix(Self.keyLimit)
        let equals = start.firstIndex(of: UInt8(ascii: "="))
        if let equals {
            let key = String(decoding: self[..<equals].trimmed, as: UTF8.self)
            let isKey = self[(equals + 1)...].trimmed.starts(with: "-----BEGIN".utf8)
            if isKey || Schema.isSecret(key) { return self[...equals] }
        }
        // [SslPassword=x, SslPassword: x and SslPassword x too.
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
    /// Whether it is a letter or digit of ASCII, or part of a letter beyond.
    fileprivate var isWordByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
            true
        default: false
        }
    }
}
