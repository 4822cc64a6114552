/// The target of a request in one of the four forms of RFC 9112, 3.2.
package struct RequestTarget: Sendable {
    /// How the target is written.
    package enum Form: Hashable, Sendable {
        /// `/path?query`.
        case origin
        /// `http://host/path?query`.
        case absolute
        /// `host:port`, for CONNECT.
        case authority
        /// `*`, for OPTIONS.
        case asterisk
    }

    /// How it is written.
    package private(set) var form = Form.origin
    /// The path as it was sent, empty where an absolute target has none, which means `/`.
    package private(set) var path = 0..<0
    /// The query without its question mark.
    package private(set) var query: Range<Int>?
    /// The host and port of an absolute target.
    package private(set) var authority: Range<Int>?
    /// Whether it is absolute and of the scheme `https`.
    package private(set) var isSecure = false
    /// Whether the path can be taken as it is: nothing is escaped, no segment begins with a dot, no
    /// slash stands beside another.
    package private(set) var isPlain = false

    init() {}

    /// A target that is not valid, for who records it: all of it counts as a path.
    init(unread range: Range<Int>) { path = range }

    /// Takes a target apart.
    ///
    /// - Parameters:
    ///   - bytes: what the request was read from.
    ///   - range: where the target is; without spaces, which end it.
    ///   - method: which decides on the forms that are allowed.
    /// - Throws: the target is not valid.
    init(_ bytes: Span<UInt8>, _ range: Range<Int>, method: Method) throws(RequestFault) {
        guard let first = range.first else { throw .bad("the request target is missing") }
        if method == .connect {
            form = .authority
            authority = range
            guard let authority = Authority(bytes, range), authority.port != nil else {
                throw .bad("the target of CONNECT must be a host and a port")
            }
        } else if bytes[first] == UInt8(ascii: "/") {
            try setPath(bytes, range)
        } else if range.count == 1, bytes[first] == UInt8(ascii: "*") {
            guard method == .options else { throw .bad("the target * is for OPTIONS") }
            form = .asterisk
        } else {
            try setAbsolute(bytes, range, method: method)
        }
    }

    private mutating func setAbsolute(
        _ bytes: Span<UInt8>, _ range: Range<Int>, method: Method
    ) throws(RequestFault) {
        form = .absolute
        var start = range.lowerBound
        for scheme in ["http://", "https://"] {
            let end = start + scheme.utf8.count
            if end <= range.upperBound, bytes.means(scheme, at: start..<end) {
                start = end
                isSecure = scheme == "https://"
                break
            }
        }
        guard start > range.lowerBound else {
            throw .bad("the request target is neither a path nor an http address")
        }
        var end = start
        while end < range.upperBound, bytes[end] != UInt8(ascii: "/"),
            bytes[end] != UInt8(ascii: "?")
        {
            end += 1
        }
        guard Authority(bytes, start..<end) != nil else {
            throw .bad("the host of the request target is not valid")
        }
        authority = start..<end
        try setPath(bytes, end..<range.upperBound)
        // RFC 9112, 3.2.4: OPTIONS without a path is about the server.
        if method == .options, path.isEmpty, query == nil { form = .asterisk }
    }

    /// Finds the query, and reads each byte once.
    private mutating func setPath(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(RequestFault) {
        var previous: UInt8 = 0
        isPlain = true
        path = range
        for index in range {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "?") where query == nil:
                path = range.lowerBound..<index
                query = index + 1..<range.upperBound
            case UInt8(ascii: "#"):
                throw .bad("the request target has a fragment")
            case UInt8(ascii: "%") where query == nil:
                isPlain = false
            case UInt8(ascii: "/"), UInt8(ascii: "."):
                if previous == UInt8(ascii: "/"), query == nil { isPlain = false }
            default:
                break
            }
            previous = byte
        }
        if path.isEmpty { isPlain = false }
    }
}
