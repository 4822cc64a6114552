internal import HandlerAPI

extension HostSettings {
    /// The URL to which the handler redirects all clients, nil when it serves them itself.
    package var redirect: Located<String>? {
        guard let keys = traits.redirect,
            let address = option(keys.addressKey), case .text(let text) = address.value,
            !text.isEmpty
        else { return nil }
        if let statusKey = keys.statusKey {
            switch option(statusKey)?.value {
            case nil, .text("0"), .text(""), .integer(0): return nil
            default: break
            }
        }
        return Located(text, at: address.location)
    }

    /// The value of a key, as parsed for ICS if ICS has the key.
    private func option(_ key: String) -> HandlerOption? { reserved[key] ?? handlerOptions[key] }
}
