internal import Files
internal import HTTP
internal import HandlerAPI
internal import NetworkTypes

/// The settings of one web host.
final class Site: Sendable {
    /// The directory of the documents, nil for a host that only redirects.
    let documents: Folder?
    /// The directory of `/.well-known/`.
    let wellKnown: Folder?
    /// Pages for errors, named by their status.
    let errorPages: Folder?
    /// The redirect that replaces the documents.
    let redirection: Redirection?
    /// The https port to which plain clients are redirected; nil when they are served.
    let securePort: Int?
    let limits: SiteLimits
    let defaultDocuments: [[UInt8]]
    let listsFolders: Bool
    let log: AccessLog?

    /// The header lines of every answer, and those of files, with `Cache-Control`.
    let lines: [UInt8]
    let fileLines: [UInt8]
    /// The header lines of answers over TLS.
    let secureLines: [UInt8]
    /// The redirect, if its address is the same for all requests.
    let fixedRedirect: FixedRedirect?

    /// The lines that say whether the connection stays open.
    static let persisting = Array("Connection: keep-alive\r\n".utf8)
    static let closing = Array("Connection: close\r\n".utf8)

    /// Reads the keys of a host.
    ///
    /// - Parameters:
    ///   - options: the values of the keys.
    ///   - kind: whether documents or a redirect must be there.
    /// - Throws: `HandlerOptionError`, ``SiteTrouble``.
    init(_ options: HandlerOptions, kind: Kind) throws {
        documents = kind == .web ? try Site.folder(SiteKeys.webDocDir, options) : nil
        wellKnown = try Site.folder(SiteKeys.wellKnownPath, options)
        errorPages = try Site.folder(SiteKeys.webErrorDir, options)
        redirection = try Redirection(options, isRequired: kind == .redirect)
        securePort = try Site.securePort(options)
        limits = SiteLimits(options)
        defaultDocuments = kind == .web ? try Site.defaultDocuments(options) : []
        listsFolders = kind == .web && options[SiteKeys.webDirList]
        log = try AccessLog(options)
        lines = try Site.lines(options)
        let cacheControl = kind == .web ? options[SiteKeys.webCacheControl] : ""
        fileLines =
            lines + (try Site.line("Cache-Control", cacheControl, key: SiteKeys.webCacheControl))
        let hsts = options[SiteKeys.webHsts]
        secureLines = hsts == 0 ? [] : Array("Strict-Transport-Security: max-age=\(hsts)\r\n".utf8)
        fixedRedirect = FixedRedirect(redirection, lines: lines, secureLines: secureLines)
        guard kind == .redirect || documents != nil || redirection != nil else {
            throw HandlerOptionError(SiteKeys.webDocDir, "must name the directory of the documents")
        }
    }

    /// Whether plain clients are redirected to https.
    var sendsToTLS: Bool { securePort != nil || redirection?.isSecure == true }

    /// The handler of the site.
    enum Kind: Hashable {
        case web, redirect
    }

    /// The header lines of an answer.
    func lines(isFile: Bool, isSecure: Bool) -> [UInt8] {
        let lines = isFile ? fileLines : lines
        return isSecure && !secureLines.isEmpty ? lines + secureLines : lines
    }

    private static func folder(_ key: HandlerKey<String?>, _ options: HandlerOptions) throws
        -> Folder?
    {
        guard let path = options[key] else { return nil }
        do {
            return try Folder(path)
        } catch {
            let user = error.kind == .denied ? " for \(UnixUser.current)" : ""
            throw HandlerOptionError(key, isMistake: false, "\(path): \(error.reason)\(user)")
        }
    }

    private static func securePort(_ options: HandlerOptions) throws -> Int? {
        guard options.requiresTLS else { return nil }
        guard let port = options.tlsPort else {
            throw SiteTrouble("AuthForceSsl needs BindSslPort to be a number")
        }
        return port
    }

    private static func defaultDocuments(_ options: HandlerOptions) throws -> [[UInt8]] {
        try options[SiteKeys.webDefDoc].enumerated().map { index, name in
            guard !name.contains("/"), !name.hasPrefix(".") else {
                throw HandlerOptionError(
                    SiteKeys.webDefDoc, item: index, "must be names of files, not \"\(name)\"")
            }
            return Array(name.utf8)
        }
    }

    private static func lines(_ options: HandlerOptions) throws -> [UInt8] {
        var lines = try line("Server", options[SiteKeys.serverHeader], key: SiteKeys.serverHeader)
        for key in [SiteKeys.persistentHeader, SiteKeys.webHeader] {
            for (index, text) in options[key].enumerated() {
                let parts = text.split(separator: ":", maxSplits: 1)
                guard parts.count == 2, Site.isToken(parts[0]) else {
                    throw HandlerOptionError(
                        key, item: index, "must be a name, a colon and a value, not \"\(text)\"")
                }
                guard !reserved.contains(parts[0].lowercased()) else {
                    throw HandlerOptionError(
                        key, item: index, "\(parts[0]) is set by the server itself")
                }
                lines += try line(
                    String(parts[0]), String(parts[1].drop { $0 == " " }), key: key)
            }
        }
        return lines
    }

    /// Fields that would break the framing or be sent twice.
    private static let reserved: Set = [
        "content-length", "transfer-encoding", "connection", "date", "server", "content-range",
        "content-encoding", "etag", "last-modified", "accept-ranges", "trailer", "upgrade",
    ]

    private static func isToken(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    private static func line(_ name: String, _ value: String, key: some DeclaredKey) throws
        -> [UInt8]
    {
        guard !value.isEmpty else { return [] }
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 9 }) else {
            throw HandlerOptionError(key, "has a control character")
        }
        return Array("\(name): \(value)\r\n".utf8)
    }
}

/// Why a site cannot be served.
struct SiteTrouble: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
