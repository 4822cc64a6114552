/// What a host says about its certificates.
package struct CertificateSettings: Sendable {
    /// `SslCert`: paths or PEM text, one for each kind of key; none means a certificate made here.
    package var files: [Located<String>] = []
    /// `SslKey`: as many as ``files``, or none where those have the keys.
    package var keys: [Located<String>] = []
    /// `SslInter`, a path to the intermediate certificates, or their text.
    package var intermediates: Located<String>?
    /// `SslPassword` of the keys.
    package var password: Located<PasswordSetting>?
    /// `CertExpireDays`: from how many days before its end on a certificate is told; nil for what
    /// `[Server]` says.
    package var expireDays: Int?

    /// Takes every default.
    package init() {}

    /// The files as the documentation of a plan shows them, nil for none: texts are not shown.
    package var summary: String? {
        guard !files.isEmpty else { return nil }
        return files.map { InlinePEM.begins($0.value) ? "inline" : $0.value }
            .joined(separator: ",")
    }

    /// Tells when certificates and keys do not go together.
    func check(into diagnostics: inout Diagnostics) {
        guard let key = keys.first, keys.count != files.count, !files.isEmpty else { return }
        diagnostics.error(
            at: key.location,
            "SslKey must name as many files as SslCert, \(files.count), or none, not \(keys.count)")
    }
}

/// `SslPassword`: the password, or where it is.
package enum PasswordSetting: Hashable, Sendable {
    case text(String)
    /// `file:PATH`: its first line.
    case file(String)
    /// `credential:NAME`: a credential of systemd (`LoadCredential=`).
    case credential(String)

    /// As the file spells it.
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
    /// Paths by comma, or the text of one such file.
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
