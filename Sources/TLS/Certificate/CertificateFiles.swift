/// Where certificates or a key come from.
package enum CertificateSource: Hashable, Sendable {
    /// A file: PEM, DER, PKCS#7 or PKCS#12.
    case file(String)
    /// PEM blocks themselves, and the key of the configuration that has them, for messages.
    case text(String, key: String)

    /// How messages name it.
    package var name: String {
        switch self {
        case .file(let path): "\"\(path)\""
        case .text(_, let key): key
        }
    }

    /// The path, nil for a text.
    package var path: String? {
        guard case .file(let path) = self else { return nil }
        return path
    }
}

/// Where a password comes from.
package enum PasswordSource: Hashable, Sendable {
    case text(String)
    /// The first line of a file.
    case file(String)
    /// A credential of this name, of which systemd has given none.
    case noCredential(String)
}

/// All that one certificate is read from.
package struct CertificateFiles: Hashable, Sendable {
    /// The certificate and any of its chain, in any order.
    package var certificate: CertificateSource
    /// The private key; nil when the first source holds it too.
    package var key: CertificateSource?
    /// More certificates of the chain.
    package var intermediates: CertificateSource?
    /// What opens an encrypted key; OpenSSL never asks the terminal.
    package var password: PasswordSource?

    /// Joins them.
    package init(
        certificate: CertificateSource, key: CertificateSource? = nil,
        intermediates: CertificateSource? = nil, password: PasswordSource? = nil
    ) {
        self.certificate = certificate
        self.key = key
        self.intermediates = intermediates
        self.password = password
    }

    /// Every file among them: what has to be watched for a change.
    package var paths: [String] {
        var paths = [certificate, key, intermediates].compactMap { $0?.path }
        if case .file(let path) = password { paths.append(path) }
        return paths
    }
}
