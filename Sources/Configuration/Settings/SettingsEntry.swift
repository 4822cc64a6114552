/// A key and its value as a file would spell them.
package struct SettingsEntry: Hashable, Sendable {
    /// The key.
    package let key: String
    /// The value.
    package let value: String

    init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }
}
