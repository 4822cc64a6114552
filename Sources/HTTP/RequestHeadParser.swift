/// Parses the head of a request incrementally.
///
/// Theory of operation: a line is parsed when it is complete, and never again, so a head that arrives byte
/// by byte costs no more than one that arrives at once. RFC 9112 lets a server tolerate some syntax errors;
/// this parser does not where another program in front of it could understand them differently: lines
/// end with CRLF only, a field name ends with its colon, a field is one line, and the length of the
/// content is given once and in one way.
package struct RequestHeadParser: Sendable {
    /// The bytes of a request line (RFC 9112, 3, wants at least 8,000).
    package static let requestLineLimit = 8_192
    /// The bytes of a field line.
    package static let fieldLineLimit = 8_192
    /// The bytes of a head.
    package static let headLimit = 32_768
    /// The field lines of a head.
    package static let fieldLimit = 100
    /// The bytes that are kept of a request line that is too long.
    private static let notedLimit = 1_024

    /// The head; complete once ``parse(_:)`` has returned true.
    ///
    /// After a fault it has what precedes the fault, and the host if that is known.
    package private(set) var head = RequestHead()
    private var lineStart = 0
    /// Bytes of the line that have no line feed in them.
    private var scanned = 0
    private var hasRequestLine = false
    /// The version is not HTTP/1.
    ///
    /// The fault is thrown at the end of the head, because the fields say
    /// which site answers.
    private var isOtherVersion = false
    private var fieldCount = 0

    /// Begins a head.
    package init() {}

    /// Whether any byte of the head has arrived; blank lines before it do not count.
    package var hasBegun: Bool { hasRequestLine || scanned > lineStart }

    /// Reads on.
    ///
    /// - Parameter bytes: everything since the end of the last request, what was given before
    ///   included; what comes after the head does not matter.
    /// - Returns: whether the head is complete.
    /// - Throws: why it will never be.
    package mutating func parse(_ bytes: Span<UInt8>) throws(RequestFault) -> Bool {
        while true {
            guard let feed = bytes.first(10, in: scanned..<bytes.count) else {
                scanned = bytes.count
                try checkLength(bytes, bytes.count)
                if scanned > lineStart, !hasRequestLine { try checkBeginning(bytes) }
                return false
            }
            try checkLength(bytes, feed)
            guard feed > lineStart, bytes[feed - 1] == 13 else {
                throw .bad("a line does not end with CRLF")
            }
            let line = lineStart..<feed - 1
            (lineStart, scanned) = (feed + 1, feed + 1)
            if !hasRequestLine {
                // RFC 9112, 2.2: empty lines before a request are passed over.
                guard !line.isEmpty else { continue }
                try readRequestLine(bytes, line)
                hasRequestLine = true
            } else if !line.isEmpty {
                try readField(bytes, line)
            } else {
                head.end = lineStart
                try finish(bytes)
                return true
            }
        }
    }

    /// Refuses other protocols at once, such as TLS on a plain port.
    private func checkBeginning(_ bytes: Span<UInt8>) throws(RequestFault) {
        let first = bytes[lineStart]
        guard first.isTokenCharacter || first == 13 else {
            throw .bad("a request does not begin with a method")
        }
    }

    private mutating func checkLength(
        _ bytes: Span<UInt8>, _ end: Int
    ) throws(RequestFault) {
        if !hasRequestLine, end - lineStart > RequestHeadParser.requestLineLimit {
            noteUnread(bytes, lineStart..<lineStart + RequestHeadParser.notedLimit)
            throw RequestFault(.targetTooLong, "the request line is too long")
        }
        guard end <= RequestHeadParser.headLimit,
            end - lineStart <= RequestHeadParser.fieldLineLimit
        else { throw RequestFault(.headTooLarge, "the header is too large") }
    }

    /// Keeps the method and target of an invalid request line for the access log.
    private mutating func noteUnread(_ bytes: Span<UInt8>, _ line: Range<Int>) {
        let end = bytes.first(UInt8(ascii: " "), in: line) ?? line.upperBound
        guard end > line.lowerBound, end < line.upperBound,
            (line.lowerBound..<end).allSatisfy({ bytes[$0].isTokenCharacter })
        else { return }
        var target = end + 1..<line.upperBound
        // Without the version, if that stands at its end.
        let version = target.upperBound - "HTTP/1.1".utf8.count
        if version > target.lowerBound, bytes[version - 1] == UInt8(ascii: " "),
            bytes.has("HTTP/", at: version..<version + 5)
        {
            target = target.lowerBound..<version - 1
        }
        head.methodName = line.lowerBound..<end
        head.target = RequestTarget(unread: target)
    }

    private mutating func readRequestLine(
        _ bytes: Span<UInt8>, _ line: Range<Int>
    ) throws(RequestFault) {
        do throws(RequestFault) {
            try takeRequestLine(bytes, line)
        } catch {
            noteUnread(bytes, line)
            throw error
        }
    }

    private mutating func takeRequestLine(
        _ bytes: Span<UInt8>, _ line: Range<Int>
    ) throws(RequestFault) {
        var end = line.lowerBound
        while end < line.upperBound, bytes[end].isTokenCharacter { end += 1 }
        guard end > line.lowerBound, end < line.upperBound, bytes[end] == UInt8(ascii: " ") else {
            throw .bad("a request does not begin with a method and a space")
        }
        head.methodName = line.lowerBound..<end
        head.method = Method(bytes, head.methodName)
        let start = end + 1
        end = start
        // Visible ASCII, and the raw UTF-8 that some clients send.
        while end < line.upperBound, bytes[end] > 0x20, bytes[end] != 0x7f { end += 1 }
        guard end < line.upperBound, bytes[end] == UInt8(ascii: " ") else {
            throw .bad("the request line is not a method, a target and a version")
        }
        try readVersion(bytes, end + 1..<line.upperBound)
        do throws(RequestFault) {
            head.target = try RequestTarget(bytes, start..<end, method: head.method)
        } catch {
            // Another version may have other targets, such as the preface of HTTP/2.
            guard isOtherVersion else { throw error }
        }
    }

    private mutating func readVersion(
        _ bytes: Span<UInt8>, _ word: Range<Int>
    ) throws(RequestFault) {
        let start = word.lowerBound
        guard word.count == 8, bytes.has("HTTP/", at: start..<start + 5), bytes[start + 5].isDigit,
            bytes[start + 6] == UInt8(ascii: "."), bytes[start + 7].isDigit
        else { throw .bad("the version is not HTTP and two digits") }
        isOtherVersion = bytes[start + 5] != UInt8(ascii: "1")
        head.isVersion10 = !isOtherVersion && bytes[start + 7] == UInt8(ascii: "0")
    }

    private mutating func readField(
        _ bytes: Span<UInt8>, _ line: Range<Int>
    ) throws(RequestFault) {
        var colon = line.lowerBound
        while colon < line.upperBound, bytes[colon].isTokenCharacter { colon += 1 }
        guard colon > line.lowerBound, colon < line.upperBound, bytes[colon] == UInt8(ascii: ":")
        else {
            // A line that begins with a blank would be the obsolete folding (RFC 9112, 5.2).
            throw .bad("a header field is not a name, a colon and a value")
        }
        for index in colon + 1..<line.upperBound where !bytes[index].isFieldContent {
            throw .bad("a header field has a control character")
        }
        fieldCount += 1
        guard fieldCount <= RequestHeadParser.fieldLimit else {
            throw RequestFault(.headTooLarge, "there are too many header fields")
        }
        guard let field = Field.named(bytes, line.lowerBound..<colon) else { return }
        head.note(field, bytes.trimmed(colon + 1..<line.upperBound))
    }

    /// Checks what depends on the whole head.
    private mutating func finish(_ bytes: Span<UInt8>) throws(RequestFault) {
        guard !isOtherVersion else {
            try? finishAuthority(bytes)
            throw RequestFault(.versionNotSupported, "only HTTP/1 is spoken here")
        }
        try finishAuthority(bytes)
        try finishFraming(bytes)
        finishConnection(bytes)
        try finishExpectation(bytes)
    }

    /// RFC 9112, 3.2: one valid `Host`, which HTTP/1.0 may omit; the host of an absolute target overrides
    /// it.
    private mutating func finishAuthority(_ bytes: Span<UInt8>) throws(RequestFault) {
        guard !head.isRepeated(.host) else { throw .bad("there is more than one Host") }
        if let host = head[.host] {
            guard let authority = Authority(bytes, host) else { throw .bad("Host is not valid") }
            head.host = authority.host
        } else if !head.isVersion10 {
            throw .bad("Host is missing")
        }
        head.authority = head.target.authority ?? head[.host]
        if let authority = head.target.authority { head.host = Authority(bytes, authority)?.host }
    }

    /// RFC 9112, 6.1 and 6.3.
    private mutating func finishFraming(_ bytes: Span<UInt8>) throws(RequestFault) {
        guard !head.isRepeated(.contentLength), !head.isRepeated(.transferEncoding) else {
            throw .bad("the length of the content is said more than once")
        }
        if let coding = head[.transferEncoding] {
            guard !head.isVersion10 else { throw .bad("HTTP/1.0 has no Transfer-Encoding") }
            guard head[.contentLength] == nil else {
                throw .bad("there are both Transfer-Encoding and Content-Length")
            }
            try readCodings(bytes, coding)
            head.framing = .chunked
        } else if let length = head[.contentLength] {
            guard let count = bytes.number(at: length) else {
                throw .bad("Content-Length is not a number")
            }
            head.framing = count == 0 ? .none : .length(count)
        }
    }

    private func readCodings(_ bytes: Span<UInt8>, _ value: Range<Int>) throws(RequestFault) {
        var (count, chunks, isLast) = (0, 0, false)
        bytes.forEachElement(of: value) { element in
            count += 1
            isLast = bytes.means("chunked", at: element)
            chunks += isLast ? 1 : 0
            return true
        }
        guard isLast, chunks == 1 else {
            throw .bad("the last transfer coding is not chunked, or not alone")
        }
        guard count == 1 else {
            throw RequestFault(.notImplemented, "chunked is the only transfer coding here")
        }
    }

    private mutating func finishConnection(_ bytes: Span<UInt8>) {
        guard head[.connection] != nil else { return }
        var (wantsClose, wantsKeepAlive) = (false, false)
        head.forEachLine(of: .connection, in: bytes) { line in
            bytes.forEachElement(of: line) { option in
                if bytes.means("close", at: option) { wantsClose = true }
                if bytes.means("keep-alive", at: option) { wantsKeepAlive = true }
                return true
            }
        }
        (head.wantsClose, head.wantsKeepAlive) = (wantsClose, wantsKeepAlive)
    }

    /// RFC 9110, 10.1.1: HTTP/1.0 has no expectations.
    private mutating func finishExpectation(_ bytes: Span<UInt8>) throws(RequestFault) {
        guard let value = head[.expect], !head.isVersion10 else { return }
        guard bytes.means("100-continue", at: value), !head.isRepeated(.expect) else {
            throw RequestFault(.expectationFailed, "100-continue is all that can be expected")
        }
        head.expectsContinue = head.framing != .none
    }
}
