// modules: TextFormats
// seeds: Tests/Fixtures/json/*

internal import TextFormats

/// What must hold for any bytes that somebody takes for JSON.
enum JSONFuzzer {
    static func run(_ bytes: [UInt8]) {
        checkString(String(decoding: bytes, as: UTF8.self))
        guard let value = JSONValue(bytes) else { return }
        let text = written(value)
        Fuzzing.require(
            JSONValue(text.utf8) == value, "a value that is written reads back: \(text)")
        Fuzzing.require(
            JSONValue([0x20] + bytes + [0x0A]) == value, "white space around a value has no meaning"
        )
        Fuzzing.require(JSONValue(bytes + Array("x".utf8)) == nil, "nothing follows a value")
    }

    /// Any text reads back, and its JSON form has no character that a terminal obeys.
    private static func checkString(_ text: String) {
        let json = text.json
        Fuzzing.require(JSONValue(json.utf8) == .string(text), "a string reads back: \(json)")
        Fuzzing.require(json.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a string is one line")
    }

    private static func written(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .boolean(let flag): "\(flag)"
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .string(let text): text.json
        case .array(let items): "[\(items.map(written).joined(separator: ","))]"
        case .object(let members):
            "{\(members.map { "\($0.json):\(written($1))" }.joined(separator: ","))}"
        }
    }
}

/// What libFuzzer calls with every text that it makes up.
///
/// - Parameters:
///   - start: the first byte.
///   - count: how many there are.
/// - Returns: zero, as libFuzzer asks for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    JSONFuzzer.run(unsafe Fuzzing.bytes(start, count))
    return 0
}
