internal import NetworkTypes

extension ValueType<String> {
    /// Any text, including a blank one.
    static let text = ValueType("any text", takesBlank: true) { $0 }.quotes(.meant)
    /// Any text except a blank one, which means the default.
    static let nonblankText = ValueType("any text") { $0 }.quotes(.doubted)
    /// The path of a file or directory.
    static let path = ValueType("a path", isPath: true) { $0 }
    /// The path of a unix socket.
    static let socketPath = ValueType(
        "an absolute path of at most \(UnixAddress.lengthLimit) bytes", isPath: true
    ) { $0.hasPrefix("/") && UnixAddress($0) != nil ? $0 : nil }
}

extension ValueType<Int> {
    /// A whole number within a range.
    static func integer(_ range: ClosedRange<Int>) -> Self {
        ValueType(range.expectation) { range.number($0) }
    }
}

extension ValueType<Int> {
    /// A number of bytes.
    static func size(upTo limit: Int) -> Self {
        ValueType("a number of bytes up to \(limit), or with K, M or G") { text in
            let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
            let unit = text.uppercased().last.flatMap { units[$0] }
            guard let number = (0...Int.max).number(unit == nil ? text : String(text.dropLast()))
            else { return nil }
            let (bytes, isTooMuch) = number.multipliedReportingOverflow(by: unit ?? 1)
            return isTooMuch || bytes > limit ? nil : bytes
        }
    }
}

extension ValueType<Int?> {
    /// A whole number within a range, or `auto`, which is nil.
    static func integerOrAutomatic(_ range: ClosedRange<Int>) -> Self {
        ValueType("\(range.expectation), or auto") { text in
            text.lowercased() == "auto" ? .some(nil) : range.number(text).map(Optional.some)
        }
    }
}

extension ClosedRange<Int> {
    fileprivate var expectation: String { "a number from \(lowerBound) to \(upperBound)" }

    /// Parses a number of the range: digits, optionally after a minus sign.
    fileprivate func number(_ text: String) -> Int? {
        guard text.utf8.first != UInt8(ascii: "+"), let number = Int(text), contains(number)
        else { return nil }
        return number
    }
}

extension ValueType<Bool> {
    /// True or False, or a common synonym; with a note, any other word that ICS reads as True.
    static let boolean = ValueType(
        exact.expectation, words: booleanWords
    ) { text, key, diagnostics in
        guard text.value.first?.lowercased() == "t", text.value.lowercased() != "true" else {
            return exact.read(text, of: key, into: &diagnostics)
        }
        diagnostics.note(
            at: text.location,
            "\(key)=\(text.value.quoted) is read as True, as ICS reads such words: write True")
        return true
    }

    /// The same for keys of ICS, with a warning where ICS reads a word differently.
    static let foreignBoolean = ValueType(
        exact.expectation, words: booleanWords
    ) { text, key, diagnostics in
        guard ["yes", "on"].contains(text.value.lowercased()) else {
            return boolean.read(text, of: key, into: &diagnostics)
        }
        diagnostics.warn(
            at: text.location,
            "\(key)=\(text.value) is True here, but ICS reads it as False: write True")
        return true
    }

    static let booleanWords = ["True", "False", "Yes", "No", "On", "Off", "1", "0"]

    private static let exact = choice(
        zip(booleanWords, [true, false, true, false, true, false, true, false]).map { ($0, $1) })
}

extension Diagnostics {
    /// Notes the default for a boolean with a blank value.
    mutating func noteBlankBoolean(_ entry: INIDocument.Entry, _ defaultText: String) {
        guard entry.isKnown, entry.value.value.isEmpty else { return }
        let key = entry.key.value.printable
        note(
            at: entry.value.location,
            "\(key) is blank, which means its default, \(defaultText)")
    }
}

extension ValueType<Duration> {
    /// A time within a range: seconds, or a number with `ms`, `s`, `m` or `h`.
    static func duration(_ range: ClosedRange<Duration>) -> Self {
        let limits = "\(text(range.lowerBound)) to \(text(range.upperBound))"
        return ValueType("a time from \(limits), in seconds or with ms, s, m or h") { text in
            time(text.lowercased()).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// Parses a time; nil for an invalid one, and for more digits than any limit has.
    private static func time(_ text: String) -> Duration? {
        let digits = text.utf8.prefix(while: \.isDigit)
        guard digits.count <= 12, let number = Int64(String(digits) ?? "") else { return nil }
        switch text.dropFirst(digits.count) {
        case "ms": return .milliseconds(number)
        case "", "s": return .seconds(number)
        case "m": return .seconds(60 * number)
        case "h": return .seconds(3_600 * number)
        default: return nil
        }
    }

    /// Formats a time as spelled in the file.
    static func text(_ time: Duration) -> String {
        let (seconds, attoseconds) = time.components
        if attoseconds != 0 { return "\(seconds * 1_000 + attoseconds / 1_000_000_000_000_000)ms" }
        if seconds > 0, seconds.isMultiple(of: 3_600) { return "\(seconds / 3_600)h" }
        if seconds > 0, seconds.isMultiple(of: 60) { return "\(seconds / 60)m" }
        return "\(seconds)s"
    }
}

extension ValueType {
    /// One of several words, in any case; those of `ordinals` may also be written as numbers, from 0.
    static func choice(_ words: [(name: String, value: Value)], ordinals: [Value] = []) -> Self {
        let values = Dictionary(words.map { ($0.name.lowercased(), $0.value) }) { $1 }
        let names = words.map(\.name)
        let numbers = ordinals.isEmpty ? "" : ", or a number from 0 to \(ordinals.count - 1)"
        let expectation = "one of \(names.joined(separator: ", "))\(numbers)"
        return ValueType(expectation, words: names) { text in
            if let value = values[text.lowercased()] { return value }
            guard let ordinal = Int(text), ordinals.indices.contains(ordinal) else { return nil }
            return ordinals[ordinal]
        }
    }
}

extension ValueType where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    /// One of the cases of an enumeration by its raw value, in any case.
    static var cases: Self { choice(Value.allCases.map { ($0.rawValue, $0) }) }
}
