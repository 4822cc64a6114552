/// The certificate settings of a host.
package struct CertificateSettings: Sendable {
    /// `SslCert`: paths or PEM text, one for each type of key; empty for a self-signed certificate.
    package var files: [Located<String>] = []
    /// `SslKey`: as many as ``files``, or none when those include the keys.
    package var keys: [Located<String>] = []
    /// `SslInter`: the path or text of the intermediate certificates.
    package var intermediates: Located<String>?
    /// `SslPassword`, for the keys.
    package var password: Located<PasswordSetting>?
    /// `CertExpireDays`: how many days before its expiry a certificate is reported.
    ///
    /// Nil for the value of `[Server]`.
    package var expireDays: Int?

    /// Creates default settings.
    package init() {}

    /// The files, as a plan shows them, nil for none; PEM text is not shown.
    package var summary: String? {
        guard !files.isEmpty else { return nil }
        return files.map { InlinePEM.begins($0.value) ? "inline" : $0.value }
            .joined(separator: ",")
    }

    /// Reports a different number of certificates and keys.
    func check(into diagnostics: inout Diagnostics) {
        guard let key = keys.first, keys.count != files.count, !files.isEmpty else { return }
        diagnostics.error(
            at: key.location,
            "SslKey must name as many files as SslCert, \(files.count), or none, not \(keys.count)")
    }
}

/// `SslPassword`: the password or its source.
package enum PasswordSetting: Hashable, Sendable {
    case text(String)
    /// `file:PATH`: the first line of the file.
    case file(String)
    /// `credential:NAME`: a credential of systemd (`LoadCredential=`).
    case credential(String)

    /// The spelling in the file.
    package var text: String {
        switch self {
        case .text(let text): text
        case .file(let path): "file:\(path)"
        case .credential(let name): "credential:\(name)"
        }
    }
}

extension ValueType<PasswordSetting> {
    /// A password, `file:PATH` or `credential:NAME`.
    static let password = ValueType(
        "a password, file: and a path, or credential: and a name without /"
    ) { text, key, diagnostics in
        if text.value.hasPrefix("file:") {
            let path = String(text.value.dropFirst("file:".count))
            if !path.isEmpty { return .file(path) }
            diagnostics.error(at: text.location, "\(key) must have a path after file:")
        } else if text.value.hasPrefix("credential:") {
            let name = String(text.value.dropFirst("credential:".count))
            if !name.isEmpty, !name.contains("/"), name != ".", name != ".." {
                return .credential(name)
            }
            diagnostics.error(
                at: text.location,
                "\(key) must have the name of a credential after credential:, without /")
        } else {
            return .text(text.value)
        }
        return nil
    }.quotes(.meant)
}

extension ValueType<[Located<String>]> {
    /// Paths by comma, or PEM text.
    static let pathsOrPEM = ValueType(
        "a path, several by comma, or the PEM text itself", isPath: true, isList: true
    ) { text, key, diagnostics in
        guard !InlinePEM.begins(text.value) else {
            return ValueType<String>.pathOrPEM.read(text, of: key, into: &diagnostics)
                .map { [Located($0, at: text.location)] }
        }
        return text.commaSeparated.filter { !$0.value.isEmpty }
    }
}
