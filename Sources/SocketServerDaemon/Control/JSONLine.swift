internal import TextFormats

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
