/// A problem of a section that keeps its host down, and no other host.
package struct SectionTrouble: Sendable {
    /// The kind of trouble.
    package enum Kind: Sendable {
        /// A Windows path that `[PathMap]` does not map.
        case path
        /// A key that this version does not support, without which clients would reach the wrong target.
        case feature
    }

    /// The kind.
    package let kind: Kind
    /// The key, as spelled in the documentation.
    package let key: String
    /// The whole value as written, which may be a list; nil when the key is in another section.
    let value: String?
    /// The message, with the remedy.
    package let message: String
    /// The place of the value.
    package let location: SourceLocation
}
