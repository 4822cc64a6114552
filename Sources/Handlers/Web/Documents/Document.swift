internal import Files
internal import HTTP

/// The document of a path: a file, and the compressed files beside it.
final class Document {
    let plain: Representation
    private let coded: [(coding: ContentCoding, representation: Representation)]
    /// The second in which its files were last checked.
    var checkedAt: Int
    /// The key under which it is cached.
    let folder: UInt64
    let path: [UInt8]

    /// Takes an open file, and finds the compressed ones beside it.
    ///
    /// - Parameters:
    ///   - file: the file.
    ///   - name: its path below the folder, without a slash at its beginning.
    ///   - folder: the directory of the compressed ones.
    ///   - path: the path of the request.
    ///   - second: now.
    /// - Throws: the file cannot be read.
    init(
        _ file: OpenFile, name: [UInt8], in folder: Folder, path: [UInt8], at second: Int
    ) throws(FileTrouble) {
        let mediaType = MediaTypes.system.type(of: name)
        let files = Document.codedFiles(of: name, in: folder, at: second)
        plain = try Representation(
            file, mediaType: mediaType, coding: nil, varies: !files.isEmpty)
        coded = files.compactMap { coding, file in
            let made = try? Representation(file, mediaType: mediaType, coding: coding, varies: true)
            return made.map { (coding, $0) }
        }
        checkedAt = second
        self.folder = folder.id
        self.path = path
    }

    private static func codedFiles(
        of name: [UInt8], in folder: Folder, at second: Int
    ) -> [(ContentCoding, OpenFile)] {
        ContentCoding.allCases.compactMap { coding in
            let name = name + Array(coding.suffix.utf8)
            let found = try? folder.open(name.span, at: second)
            return found.flatMap { $0.kind == .regular ? (coding, $0) : nil }
        }
    }

    /// Whether the files on the disk are unchanged.
    func isCurrent(
        _ file: OpenFile, name: [UInt8], _ folder: Folder, at second: Int
    ) -> Bool {
        let files = Document.codedFiles(of: name, in: folder, at: second)
        return file.identity == plain.identity
            && files.map(\.1.identity) == coded.map(\.representation.identity)
    }

    /// Its bytes in memory.
    // In range: files in memory have 64 KiB at most.
    var cost: Int { coded.reduce(plain.cost + path.count) { $0 + $1.representation.cost } }

    /// Its open descriptors.
    var descriptors: Int { ([plain] + coded.map(\.representation)).count { $0.file != nil } }

    /// The representation that the client prefers; among equals, the smallest coding.
    func representation(_ head: RequestHead, in bytes: Span<UInt8>) -> Representation {
        guard !coded.isEmpty, head[.acceptEncoding] != nil else { return plain }
        let accepted = AcceptedCodings(head, in: bytes)
        var (best, weight) = (plain, accepted.identityWeight)
        for (coding, representation) in coded.reversed() {
            let other = accepted.weight(coding)
            if other > 0, other >= weight { (best, weight) = (representation, other) }
        }
        return best
    }
}
