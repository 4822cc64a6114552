/// A part of a section that keeps its host down, and no other host.
package struct SectionTrouble: Sendable {
    /// The kind of trouble.
    package enum Kind: Sendable {
        /// A path of a Windows machine that `[PathMap]` does not map.
        case path
        /// A key that this version does not obey, without which clients would come to the wrong place.
        case feature
    }

    /// The kind.
    package let kind: Kind
    /// The key, as the documentation spells it.
    package let key: String
    /// The whole value as written, in which it may be one of several; nil where the key stands in
    /// another section.
    let value: String?
    /// The message, with the remedy.
    package let message: String
    /// Where the value stands.
    package let location: SourceLocation
}
