// modules: TextFormats HTTP
// seeds: Tests/Fixtures/http/*.request

internal import HTTP

/// What must hold for any bytes that somebody takes for a request.
enum RequestFuzzer {
    /// How a head ended.
    private enum Outcome: Hashable {
        case incomplete
        case complete(end: Int)
        case refused(Int)
    }

    /// Reads a request, and each value in it as everything that a value can be.
    static func run(_ bytes: [UInt8]) {
        let (outcome, head) = read(bytes, step: max(1, bytes.count))
        let (again, _) = read(bytes, step: 1)
        Fuzzing.require(outcome == again, "pieces do not matter: \(outcome), \(again)")
        checkContent(bytes)
        checkDate(bytes)
        checkRange(bytes, 0..<bytes.count)
        guard case .complete(let end) = outcome, let head else { return }
        checkHead(head, bytes, end)
        checkPath(head, bytes)
        if let range = head[.range] { checkRange(bytes, range) }
        _ = AcceptedCodings(head, in: bytes.span)
        let tag = Array("\"abc\"".utf8)
        _ = Preconditions.evaluate(
            head, in: bytes.span, tag: tag.span, modified: 784_111_777, now: 1_800_000_000)
        _ = Preconditions.allowRange(
            head, in: bytes.span, tag: tag.span, modified: 784_111_777, now: 1_800_000_000)
    }

    private static func read(_ bytes: [UInt8], step: Int) -> (Outcome, RequestHead?) {
        var parser = RequestHeadParser()
        var end = 0
        while end < bytes.count {
            end = min(bytes.count, end + step)
            do {
                if try parser.parse(bytes.span.extracting(first: end)) {
                    return (.complete(end: parser.head.end), parser.head)
                }
            } catch {
                return (.refused(error.status.code), nil)
            }
        }
        return (.incomplete, nil)
    }

    /// What a head names is in it, and has nothing in it that would end a line.
    private static func checkHead(_ head: RequestHead, _ bytes: [UInt8], _ end: Int) {
        Fuzzing.require(end <= bytes.count, "a head ends where its bytes are")
        Fuzzing.require(
            bytes[..<end].suffix(4).elementsEqual([13, 10, 13, 10]),
            "a head ends with an empty line")
        for field in Field.allCases {
            var ranges: [Range<Int>] = []
            head.forEachLine(of: field, in: bytes.span) { ranges.append($0) }
            Fuzzing.require((ranges.first == head[field]), "the first line is the value")
            for range in ranges {
                Fuzzing.require(range.upperBound < end, "a value is in the head")
                Fuzzing.require(
                    bytes[range].allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 9 },
                    "a value is one line")
            }
        }
        Fuzzing.require(
            bytes[head.target.path].allSatisfy { $0 > 0x20 && $0 != 0x7f }, "a path is a word")
        if !head.isVersion10 { Fuzzing.require(head.authority != nil, "HTTP/1.1 names a host") }
    }

    /// No path leaves the root, and one that is plain is what it decodes to.
    private static func checkPath(_ head: RequestHead, _ bytes: [UInt8]) {
        guard head.target.form != .authority, head.target.form != .asterisk,
            let path = try? TargetPath(bytes.span, head.target.path)
        else { return }
        let segments = path.bytes.split(separator: UInt8(ascii: "/"))
        Fuzzing.require(path.bytes.first == UInt8(ascii: "/"), "a path is absolute")
        Fuzzing.require(!path.bytes.contains(0), "a path has no NUL")
        Fuzzing.require(
            !segments.contains { $0.elementsEqual("..".utf8) || $0.elementsEqual(".".utf8) },
            "a path has no dots")
        if head.target.isPlain {
            Fuzzing.require(
                path.bytes.elementsEqual(bytes[head.target.path]), "a plain path is itself")
        }
        var address: [UInt8] = []
        for byte in path.bytes { PercentEncoding.append(byte, of: .decoded, to: &address) }
        let back = try? TargetPath(address.span, 0..<address.count)
        Fuzzing.require(back?.bytes == path.bytes, "what is escaped reads back")
    }

    private static func checkRange(_ bytes: [UInt8], _ value: Range<Int>) {
        for size in [0, 1, 100, 1 << 40] {
            switch RangeSet(bytes.span, value, size: size) {
            case .whole, .unsatisfiable: break
            case .one(let range): checkParts([range], size: size)
            case .many(let ranges): checkParts(ranges, size: size)
            }
        }
    }

    private static func checkParts(_ ranges: [Range<Int>], size: Int) {
        Fuzzing.require(ranges.count <= RangeSet.limit, "there are few parts")
        Fuzzing.require(
            ranges.allSatisfy { !$0.isEmpty && $0.lowerBound >= 0 && $0.upperBound <= size },
            "parts are there")
        Fuzzing.require(
            ranges.reduce(0) { $0 + $1.count } <= size, "no byte is sent twice")
    }

    /// A date that can be read is written as one that means the same.
    private static func checkDate(_ bytes: [UInt8]) {
        guard
            let seconds = HTTPDate.seconds(bytes.span, 0..<bytes.count, now: 1_800_000_000)
        else { return }
        let text = Array(HTTPDate.text(secondsSince1970: seconds).utf8)
        Fuzzing.require(text.count == HTTPDate.length, "a date has its length")
        Fuzzing.require(
            HTTPDate.seconds(text.span, 0..<text.count, now: 0) == seconds, "a date reads back")
    }

    /// Where a content ends does not depend on the pieces it comes in.
    private static func checkContent(_ bytes: [UInt8]) {
        func end(step: Int) -> Int? {
            var decoder = ContentDecoder(.chunked)
            var taken = 0
            while taken < bytes.count, !decoder.isDone {
                let piece = Array(bytes[taken..<min(bytes.count, taken + step)])
                guard let count = try? decoder.consume(piece.span) else { return nil }
                taken += count
            }
            return decoder.isDone ? taken : -1
        }
        Fuzzing.require(
            end(step: 1) == end(step: max(1, bytes.count)), "pieces of a content do not matter")
    }
}

/// What libFuzzer calls with every request that it makes up.
///
/// - Parameters:
///   - start: the first byte.
///   - count: how many there are.
/// - Returns: zero, as libFuzzer asks for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    RequestFuzzer.run(unsafe Fuzzing.bytes(start, count))
    return 0
}
