internal import HandlerAPI

extension HostSettings {
    /// The address that the handler redirects all clients to, nil where it serves them itself.
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

    /// The value of a key: as ICS has it, where the key is one of ICS.
    private func option(_ key: String) -> HandlerOption? { reserved[key] ?? handlerOptions[key] }
}
