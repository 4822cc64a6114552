internal import Files
internal import HTTP1

/// What people see of a status.
enum ErrorPage {
    /// The bytes of a site's own page.
    static let sizeLimit = 262_144

    /// The site's own page (`WebErrorDir`), else a few words.
    static func content(_ status: Status, of site: Site, at second: Int) -> [UInt8] {
        if status.code >= 400, let folder = site.errorPages,
            let file = try? folder.open(Array("\(status.code).html".utf8).span, at: second),
            file.kind == .regular, file.size <= sizeLimit,
            let content = try? file.read(count: file.size)
        {
            return content
        }
        return words(status)
    }

    /// A few words.
    static func words(_ status: Status) -> [UInt8] { allWords[status.code] ?? [] }

    private static let allWords = Dictionary(
        uniqueKeysWithValues: (200..<600).map(Status.init).filter(\.isKnown).map { status in
            let text = "\(status.code) \(status.phrase)"
            let page = "<!doctype html>\n<title>\(text)</title>\n<h1>\(text)</h1>\n"
            return (status.code, Array(page.utf8))
        })
}

/// Answers that need no site.
enum WebAnswer {
    /// What a plain client beyond `MaxClients` gets.
    static let busy =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
        + "Content-Length: 0\r\n\r\n"

    /// The permission to send the content (RFC 9110, 10.1.1).
    static let goOn = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
}
