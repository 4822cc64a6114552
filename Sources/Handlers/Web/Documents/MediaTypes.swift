internal import Files

/// The media types of files by their name extensions (RFC 9110, 8.3.1).
struct MediaTypes: Sendable {
    /// The types of this machine: `/etc/mime.types`, if it exists, over the built-in ones.
    static let system = MediaTypes(table: "/etc/mime.types")

    private var types: [String: String]

    /// The built-in types, for a machine without a table, and types that tables of 2022 do not have.
    private static let known = [
        "avif": "image/avif", "bin": "application/octet-stream", "css": "text/css",
        "csv": "text/csv", "gif": "image/gif", "gz": "application/gzip", "htm": "text/html",
        "html": "text/html", "ico": "image/vnd.microsoft.icon", "jpeg": "image/jpeg",
        "jpg": "image/jpeg", "js": "text/javascript", "json": "application/json",
        "map": "application/json", "md": "text/markdown", "mjs": "text/javascript",
        "mp3": "audio/mpeg", "mp4": "video/mp4", "ogg": "audio/ogg", "otf": "font/otf",
        "pdf": "application/pdf", "png": "image/png", "svg": "image/svg+xml",
        "tar": "application/x-tar", "ttf": "font/ttf", "txt": "text/plain",
        "wasm": "application/wasm", "webm": "video/webm", "webp": "image/webp",
        "webmanifest": "application/manifest+json", "woff": "font/woff", "woff2": "font/woff2",
        "xml": "text/xml", "zip": "application/zip",
    ]

    /// Reads a table (mime.types(5)): a type and its extensions on each line.
    init(table path: String) {
        types = MediaTypes.known
        // In range: a constant.
        guard let file = try? OpenFile(path: path), file.size <= 1 << 20,
            let bytes = try? file.read(count: file.size)
        else { return }
        for line in bytes.split(separator: 10) where line.first != UInt8(ascii: "#") {
            let words = line.split { $0 == UInt8(ascii: " ") || $0 == 9 || $0 == 13 }
                .map { String(decoding: $0, as: UTF8.self) }
            guard let type = words.first else { continue }
            for ending in words.dropFirst() { types[ending.lowercased()] = type }
        }
        // RFC 9239 made it the one name; older tables still have the obsolete one.
        types["js"] = "text/javascript"
        types["mjs"] = "text/javascript"
    }

    /// The type of a file.
    func type(of path: [UInt8]) -> String {
        let name = path.split(separator: UInt8(ascii: "/")).last ?? []
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else {
            return "application/octet-stream"
        }
        let ending = String(decoding: name[(dot + 1)...], as: UTF8.self).lowercased()
        return types[ending] ?? "application/octet-stream"
    }
}
