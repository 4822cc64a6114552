internal import Files
internal import HTTP

/// One file as it is served: its header lines, and its bytes if it is small.
final class Representation {
    /// The largest file that is held in memory; others are sent with sendfile(2).
    static let memoryLimit = 65_536

    let identity: OpenFile.Identity
    /// The entity tag with its quotes.
    let tag: [UInt8]
    /// The media type, which each part of a multipart answer repeats.
    let mediaType: String
    /// The header lines of every answer with it, and those of 304.
    private let lines: [UInt8]
    private let validators: [UInt8]
    /// The open file, nil when the bytes are in memory.
    let file: OpenFile?
    private let content: [UInt8]
    private var plain: PreparedAnswer?
    private var secure: PreparedAnswer?
    private var lastPlain: PreparedAnswer?
    private var lastSecure: PreparedAnswer?

    var size: Int { identity.size }
    var modified: Int { identity.modified }
    /// Its bytes in memory, prepared answers included.
    // In range: without a file it is in memory, 64 KiB at most.
    var cost: Int { file == nil ? 2 * size + 1_024 : 1_024 }

    /// Describes a file.
    ///
    /// - Parameters:
    ///   - file: the file, open.
    ///   - mediaType: the media type of the decoded content.
    ///   - coding: its content coding.
    ///   - varies: whether there are representations with other codings.
    /// - Throws: the file cannot be read.
    init(
        _ file: OpenFile, mediaType: String, coding: ContentCoding?, varies: Bool
    ) throws(FileTrouble) {
        identity = file.identity
        self.mediaType = mediaType
        let isSmall = file.size <= Representation.memoryLimit
        content = isSmall ? try file.read(count: file.size) : []
        guard !isSmall || content.count == file.size else { throw .shrinks }
        self.file = isSmall ? nil : file
        tag = Representation.tag(identity, coding)
        var validators = ""
        validators += "Last-Modified: \(HTTPDate.text(secondsSince1970: identity.modified))\r\n"
        validators += "ETag: \(String(decoding: tag, as: UTF8.self))\r\n"
        if varies { validators += "Vary: Accept-Encoding\r\n" }
        self.validators = Array(validators.utf8)
        let encoding = coding.map { "Content-Encoding: \($0.name)\r\n" } ?? ""
        lines = Array("\(encoding)Accept-Ranges: bytes\r\n".utf8) + self.validators
    }

    /// A strong tag, which differs for every state of the file (RFC 9110, 8.8.1).
    private static func tag(_ identity: OpenFile.Identity, _ coding: ContentCoding?) -> [UInt8] {
        let time = identity.modified &* 1_000_000_000 &+ identity.nanoseconds
        let suffix = coding.map { "-\($0.name)" } ?? ""
        return Array(
            "\"\(String(time, radix: 16))-\(String(identity.size, radix: 16))\(suffix)\"".utf8)
    }

    /// The whole answer, with its content when that is in memory.
    func whole(of site: Site, isSecure: Bool) -> PreparedAnswer {
        let isSecure = isSecure && !site.secureLines.isEmpty
        if let known = isSecure ? secure : plain { return known }
        let made = PreparedAnswer(
            .ok, lines: site.lines(isFile: true, isSecure: isSecure) + wholeLines, content: content)
        if isSecure { secure = made } else { plain = made }
        return made
    }

    /// The head of the last answer of a connection.
    func last(of site: Site, isSecure: Bool) -> PreparedAnswer {
        let isSecure = isSecure && !site.secureLines.isEmpty
        if let known = isSecure ? lastSecure : lastPlain { return known }
        let made = PreparedAnswer(
            .ok,
            lines: Site.closing + site.lines(isFile: true, isSecure: isSecure) + wholeLines)
        if isSecure { lastSecure = made } else { lastPlain = made }
        return made
    }

    /// The header lines of a whole answer, without those of the site.
    var wholeLines: [UInt8] {
        partLines(mediaType, length: size)
    }

    /// The header lines of an answer with one part or several.
    func partLines(_ type: String, length: Int) -> [UInt8] {
        let head = Array("Content-Type: \(type)\r\nContent-Length: \(length)\r\n".utf8)
        return head + lines
    }

    /// The header lines of 304 (RFC 9110, 15.4.5).
    var validatorLines: [UInt8] { validators }

    /// The source of its bytes.
    var source: Transfer.Source { file.map(Transfer.Source.file) ?? .bytes(content) }
}
