/// Converts names with non-ASCII letters to ASCII, the form of DNS and TLS clients.
///
/// The conversion is IDNA 2008 (RFC 5890 to 5892), as far as names in a configuration need it: letters are
/// lower-cased, then labels are encoded with Punycode. Characters that IDNA maps by tables that the standard
/// library lacks (compatibility forms, separate accents) are refused, and so are symbols.
enum InternationalName {
    /// The ASCII form of a name, or nil when it is invalid.
    static func ascii(_ name: String) -> String? {
        // Conversion never makes a name shorter.
        guard name.utf8.count <= 1_024 else { return nil }
        // UTS 46, 2.3: the full stops of other scripts.
        let dots: Set<Unicode.Scalar> = [".", "\u{3002}", "\u{FF0E}", "\u{FF61}"]
        let labels = name.unicodeScalars.split(omittingEmptySubsequences: false) {
            dots.contains($0)
        }
        let encoded = labels.compactMap { encode(label: String($0)) }
        return encoded.count == labels.count ? encoded.joined(separator: ".") : nil
    }

    private static func encode(label: String) -> String? {
        let scalars = label.unicodeScalars.flatMap {
            Array($0.properties.lowercaseMapping.unicodeScalars)
        }
        if scalars.allSatisfy(\.isASCII) { return String(String.UnicodeScalarView(scalars)) }
        guard scalars.allSatisfy(isPermitted), let first = scalars.first, first != "-",
            scalars.last != "-",
            ![.nonspacingMark, .spacingMark].contains(first.properties.generalCategory)
        else { return nil }
        return punycode(scalars).map { "xn--\($0)" }
    }

    /// Whether a lower-cased character is allowed in a label (RFC 5892, section 2).
    private static func isPermitted(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return true }
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark,
            .decimalNumber:
            break
        default:
            return false
        }
        // A combining accent, which should be part of the letter before it.
        if (0x0300...0x036F).contains(scalar.value) { return false }
        // The two characters that IDNA 2008 permits although they are not stable.
        if scalar == "\u{DF}" || scalar == "\u{3C2}" { return true }
        return !scalar.properties.changesWhenNFKCCaseFolded
    }

    /// Encodes a label of at most 63 characters (RFC 3492, section 6.3).
    private static func punycode(_ scalars: [Unicode.Scalar]) -> String? {
        guard scalars.count <= 63 else { return nil }
        let basic = scalars.filter(\.isASCII)
        var output = String(String.UnicodeScalarView(basic))
        if !basic.isEmpty { output += "-" }
        var (code, delta, bias, handled) = (128, 0, 72, basic.count)
        while handled < scalars.count {
            let next = scalars.lazy.map { Int($0.value) }.filter { $0 >= code }.min() ?? code
            delta += (next - code) * (handled + 1)
            code = next
            for scalar in scalars {
                if Int(scalar.value) < code { delta += 1 }
                guard Int(scalar.value) == code else { continue }
                output += digits(of: delta, bias: bias)
                bias = adapted(delta, count: handled + 1, isFirst: handled == basic.count)
                delta = 0
                handled += 1
            }
            delta += 1
            code += 1
        }
        return output
    }

    /// A number in variable-length digits of base 36, the least significant first.
    private static func digits(of number: Int, bias: Int) -> String {
        var (rest, position, text) = (number, 36, "")
        while true {
            let threshold = min(max(position - bias, 1), 26)
            if rest < threshold { return text + digit(rest) }
            text += digit(threshold + (rest - threshold) % (36 - threshold))
            rest = (rest - threshold) / (36 - threshold)
            position += 36
        }
    }

    private static func digit(_ value: Int) -> String {
        String(value < 26 ? value + 10 : value - 26, radix: 36)
    }

    /// The bias for the next number (RFC 3492, section 6.1).
    private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
        var rest = isFirst ? delta / 700 : delta / 2
        rest += rest / count
        var bias = 0
        while rest > 455 {
            rest /= 35
            bias += 36
        }
        return bias + 36 * rest / (rest + 38)
    }
}
