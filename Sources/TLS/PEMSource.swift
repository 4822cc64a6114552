/// Where PEM blocks come from.
package enum PEMSource: Hashable, Sendable {
    /// A file.
    case file(String)
    /// The blocks themselves, and the key of the configuration that has them, for messages.
    case text(String, key: String)

    /// How messages name it.
    var name: String {
        switch self {
        case .file(let path): "\"\(path)\""
        case .text(_, let key): key
        }
    }
}
