/// The address of a unix socket: a path, or a name that no file system knows (unix(7)).
package struct UnixAddress: Hashable, Sendable {
    /// The absolute path, or `@` and the abstract name.
    package let name: String

    /// The bytes that `sun_path` has room for, without the zero that ends a path.
    package static let lengthLimit = 107

    /// Takes an absolute path or `@` and a name, of at most ``lengthLimit`` bytes; else nil.
    package init?(_ name: String) {
        guard name.utf8.count <= UnixAddress.lengthLimit, !name.utf8.contains(0),
            name.hasPrefix("/") || (name.hasPrefix("@") && name.utf8.count > 1)
        else { return nil }
        self.name = name
    }

    /// Whether the name is in the abstract namespace, where nothing is left behind.
    package var isAbstract: Bool { name.utf8.first == UInt8(ascii: "@") }

    /// The directory of a path.
    package var directory: String {
        let end = name.lastIndex(of: "/") ?? name.startIndex
        return end == name.startIndex ? "/" : String(name[..<end])
    }

    /// The name of a path in its directory.
    package var lastName: String {
        String(name[(name.lastIndex(of: "/").map(name.index(after:)) ?? name.startIndex)...])
    }
}

extension UnixAddress: CustomStringConvertible {
    /// `unix:/run/a.sock` or `unix:@a`.
    package var description: String { "unix:\(name)" }
}
