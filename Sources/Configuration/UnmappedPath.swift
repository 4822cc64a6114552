/// A path of a Windows machine that `[PathMap]` does not map: a trouble of its host.
package struct UnmappedPath: Sendable {
    /// The key, as the documentation spells it.
    package let key: String
    /// The whole value as written, in which it may be one of several.
    let value: String
    /// What to do, with the line to add.
    package let message: String
    /// Where the path stands.
    package let location: SourceLocation
}
