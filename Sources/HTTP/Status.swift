/// A status code with its phrase (RFC 9110, 15).
package struct Status: Hashable, Sendable {
    /// The three digits.
    package let code: Int

    /// Any status.
    package init(_ code: Int) {
        self.code = code
    }

    package static let ok = Status(200)
    package static let partialContent = Status(206)
    package static let movedPermanently = Status(301)
    package static let notModified = Status(304)
    package static let permanentRedirect = Status(308)
    package static let badRequest = Status(400)
    package static let forbidden = Status(403)
    package static let notFound = Status(404)
    package static let methodNotAllowed = Status(405)
    package static let requestTimeout = Status(408)
    package static let lengthRequired = Status(411)
    package static let preconditionFailed = Status(412)
    package static let contentTooLarge = Status(413)
    package static let targetTooLong = Status(414)
    package static let rangeNotSatisfiable = Status(416)
    package static let expectationFailed = Status(417)
    package static let misdirectedRequest = Status(421)
    package static let headTooLarge = Status(431)
    package static let notImplemented = Status(501)
    package static let unavailable = Status(503)
    package static let versionNotSupported = Status(505)

    /// Whether ``phrase`` has words for it.
    package var isKnown: Bool { phrase != "Unknown" }

    /// The words of the status line.
    package var phrase: String {
        switch code {
        case 100: "Continue"
        case 200: "OK"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 411: "Length Required"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 416: "Range Not Satisfiable"
        case 417: "Expectation Failed"
        case 421: "Misdirected Request"
        case 431: "Request Header Fields Too Large"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: "Unknown"
        }
    }
}
