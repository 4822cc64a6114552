/// What a section says that keeps its host from serving, and no other host.
package struct SectionTrouble: Sendable {
    /// What kind of trouble it is.
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
    /// What to do about it.
    package let message: String
    /// Where the value stands.
    package let location: SourceLocation
}
