internal import HTTP1
internal import HandlerAPI

/// Where the clients of a host are sent (`WebRedirectURL`, `WebRedirectStat`).
struct Redirection: Sendable {
    let status: Status
    /// What stands before, between and after `%path%`.
    private let pieces: [[UInt8]]

    /// Reads the keys; nil when the host does not redirect.
    init?(_ options: HandlerOptions, isRequired: Bool) throws {
        let address = options.text("WebRedirectURL")
        let code = Int(options.text("WebRedirectStat")) ?? 0
        guard isRequired || code != 0 && !address.isEmpty else { return nil }
        guard !address.isEmpty else {
            throw HandlerOptionError("WebRedirectURL", "must say where clients are sent")
        }
        guard address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw HandlerOptionError(
                "WebRedirectURL", "must be written in ASCII without spaces: escape others as %20")
        }
        status = Status(code == 0 ? 302 : code)
        pieces = Redirection.pieces(Array(address.utf8))
    }

    private static func pieces(_ address: [UInt8]) -> [[UInt8]] {
        let mark = Array("%path%".utf8)
        var (pieces, piece, index): ([[UInt8]], [UInt8], Int) = ([], [], 0)
        while index < address.count {
            if address[index...].starts(with: mark) {
                pieces.append(piece)
                (piece, index) = ([], index + mark.count)
            } else {
                piece.append(address[index])
                index += 1
            }
        }
        return pieces + [piece]
    }

    /// Whether clients are sent to https.
    var isSecure: Bool { pieces[0].starts(with: Array("https://".utf8)) }

    /// The address where it is the same for all requests.
    var fixedLocation: [UInt8]? { pieces.count == 1 ? pieces[0] : nil }

    /// The address for one request.
    func location(_ head: RequestHead, in bytes: Span<UInt8>) -> [UInt8] {
        guard pieces.count > 1 else { return pieces[0] }
        let path = Redirection.pathAndQuery(head, in: bytes)
        return Array(pieces.joined(separator: path))
    }

    /// The path and query of a request as it sent them, what is not ASCII escaped.
    static func pathAndQuery(_ head: RequestHead, in bytes: Span<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        if head.target.path.isEmpty { result.append(UInt8(ascii: "/")) }
        for index in head.target.path {
            PercentEncoding.append(bytes[index], of: .sent, to: &result)
        }
        if let query = head.target.query {
            result.append(UInt8(ascii: "?"))
            for index in query { PercentEncoding.append(bytes[index], of: .sent, to: &result) }
        }
        return result
    }
}
