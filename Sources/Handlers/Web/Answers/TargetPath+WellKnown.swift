internal import HTTP

extension TargetPath {
    static let wellKnownPrefix = Array("/.well-known".utf8)
    /// Below that, where authorities look (RFC 8555, 8.3).
    static let challengePrefix = Array("/acme-challenge/".utf8)

    /// The path below `/.well-known`, with its slash; nil for other paths and for names with a dot first.
    var wellKnown: [UInt8]? {
        let prefix = TargetPath.wellKnownPrefix
        guard bytes.starts(with: prefix), bytes.count > prefix.count + 1,
            bytes[prefix.count] == UInt8(ascii: "/")
        else { return nil }
        let rest = Array(bytes[prefix.count...])
        for index in rest.indices.dropLast() where rest[index] == UInt8(ascii: "/") {
            if rest[index + 1] == UInt8(ascii: ".") { return nil }
        }
        return rest
    }
}
