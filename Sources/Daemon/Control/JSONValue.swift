internal import Planning

/// A JSON value (RFC 8259) as read from a control socket.
enum JSONValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Parses one value; nil when the bytes are not a JSON text.
    init?(_ bytes: some Sequence<UInt8>) {
        var reader = JSONReader(Array(bytes))
        guard let value = reader.value(depth: 0), reader.isAtEnd else { return nil }
        self = value
    }

    /// A member of an object, nil when the value is no object or has no such member.
    subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var integer: Int? {
        guard case .integer(let number) = self else { return nil }
        return number
    }

    var isTrue: Bool { self == .boolean(true) }
}

/// One object on one line, built member by member.
struct JSONLine {
    /// The longest text in it, in Unicode scalars: with a dozen of them no line exceeds 64 KiB.
    static let textLimit = 1024

    private var members: [String] = []

    /// An object whose first member is `part`.
    init(part: String) { add("part", part) }

    /// An empty object.
    init() {}

    mutating func add(_ name: String, _ value: String?) {
        put(name, value.map { String($0.unicodeScalars.prefix(JSONLine.textLimit)).json })
    }
    mutating func add(_ name: String, _ value: (some BinaryInteger)?) {
        put(name, value?.description)
    }
    mutating func add(_ name: String, _ value: Bool) { put(name, "\(value)") }
    /// A number with six digits after the point.
    mutating func add(_ name: String, _ value: Double) {
        put(name, "\((value * 1e6).rounded() / 1e6)")
    }

    private mutating func put(_ name: String, _ text: String?) {
        if let text { members.append("\(name.json): \(text)") }
    }

    /// The line with its end.
    var text: String { "{\(members.joined(separator: ", "))}\n" }

    /// An array of serialized objects, one on each line.
    static func array(_ objects: [String]) -> String {
        objects.isEmpty ? "[]" : "[\n\(objects.joined(separator: ",\n"))\n]"
    }
}
