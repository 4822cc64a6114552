internal import HTTP
internal import HandlerAPI
internal import NetworkTypes

/// The redirect of a site (`WebRedirectURL`, `WebRedirectStat`).
struct Redirection: Sendable {
    /// A piece of the address.
    private enum Piece {
        case text([UInt8])
        /// `%host%`: the host of the request, without its port.
        case host
        /// `%path%`: path and query of the request.
        case path
    }

    let status: Status
    private let pieces: [Piece]

    /// Reads the keys; nil when the host does not redirect.
    init?(_ options: HandlerOptions, isRequired: Bool) throws {
        let address = options[SiteKeys.webRedirectURL]
        let code = Int(options[SiteKeys.webRedirectStat]) ?? 0
        guard isRequired || code != 0 && !address.isEmpty else { return nil }
        guard !address.isEmpty else {
            throw HandlerOptionError(
                SiteKeys.webRedirectURL, "must be the address to redirect clients to")
        }
        guard address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw HandlerOptionError(
                SiteKeys.webRedirectURL,
                "must be written in ASCII without spaces: escape others as %20")
        }
        status = Status(code == 0 ? 302 : code)
        pieces = Redirection.pieces(Array(address.utf8))
        let unknown = address.matches(of: /%([A-Za-z]+)%/).first { match in
            // %C3%A9 is a letter.
            match.1 != "path" && match.1 != "host"
                && !(match.1.count == 2 && match.1.allSatisfy(\.isHexDigit))
        }
        if let unknown {
            options.warn(
                SiteKeys.webRedirectURL,
                "\(unknown.0) goes to clients as it is: what stands for something is %path% and %host%"
            )
        }
    }

    private static func pieces(_ address: [UInt8]) -> [Piece] {
        let marks: [(name: [UInt8], piece: Piece)] = [
            (Array("%path%".utf8), .path), (Array("%host%".utf8), .host),
        ]
        var (pieces, text, rest): ([Piece], [UInt8], ArraySlice<UInt8>) = ([], [], address[...])
        while let byte = rest.first {
            guard let mark = marks.first(where: { rest.starts(with: $0.name) }) else {
                text.append(byte)
                rest = rest.dropFirst()
                continue
            }
            if !text.isEmpty { pieces.append(.text(text)) }
            pieces.append(mark.piece)
            (text, rest) = ([], rest.dropFirst(mark.name.count))
        }
        if !text.isEmpty { pieces.append(.text(text)) }
        return pieces
    }

    /// Whether clients are sent to https.
    var isSecure: Bool {
        guard case .text(let text) = pieces.first else { return false }
        return text.starts(with: Array("https://".utf8))
    }

    /// The address, if it is the same for all requests.
    var fixedLocation: [UInt8]? {
        guard pieces.count == 1, case .text(let text) = pieces[0] else { return nil }
        return text
    }

    /// The address for one request; nil when it needs the host of a request that names none.
    func location(_ head: RequestHead, in bytes: Span<UInt8>) -> [UInt8]? {
        var location: [UInt8] = []
        for piece in pieces {
            switch piece {
            case .text(let text):
                location += text
            case .host:
                guard let host = Redirection.host(head, in: bytes) else { return nil }
                location += host
            case .path:
                let path = Redirection.pathAndQuery(head, in: bytes)
                // The path has a slash of its own.
                let slash = UInt8(ascii: "/")
                location +=
                    path.first == slash && location.last == slash ? path.dropFirst() : path[...]
            }
        }
        return location
    }

    /// The host of a request, without its port, if it is a host name or an address.
    static func host(_ head: RequestHead, in bytes: Span<UInt8>) -> [UInt8]? {
        guard let range = head.host else { return nil }
        let host = range.map { bytes[$0] }
        let isLiteral = host.first == UInt8(ascii: "[")
        let name = isLiteral ? Array(host.dropFirst().dropLast()) : host
        return HostNameSyntax.isHostName(name.span) ? host : nil
    }

    /// The path and query of a request as the client sent them, with other bytes than ASCII escaped.
    static func pathAndQuery(_ head: RequestHead, in bytes: Span<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        if head.target.path.isEmpty { result.append(UInt8(ascii: "/")) }
        for index in head.target.path {
            PercentEncoding.append(bytes[index], of: .sent, to: &result)
        }
        appendQuery(of: head, in: bytes, to: &result)
        return result
    }

    /// Appends the query of a request with its question mark, if it has one.
    static func appendQuery(
        of head: RequestHead, in bytes: Span<UInt8>, to result: inout [UInt8]
    ) {
        guard let query = head.target.query else { return }
        result.append(UInt8(ascii: "?"))
        for index in query { PercentEncoding.append(bytes[index], of: .sent, to: &result) }
    }
}
