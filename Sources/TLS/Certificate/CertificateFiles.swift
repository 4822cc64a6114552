/// The source of certificates or a key.
package enum CertificateSource: Hashable, Sendable {
    /// A file: PEM, DER, PKCS#7 or PKCS#12.
    case file(String)
    /// PEM blocks in the configuration, and the key that has them, for messages.
    case text(String, key: String)

    /// The name in messages.
    package var name: String {
        switch self {
        case .file(let path): "\"\(path)\""
        case .text(_, let key): key
        }
    }

    /// The path, nil for text.
    package var path: String? {
        guard case .file(let path) = self else { return nil }
        return path
    }
}

/// The source of a password.
package enum PasswordSource: Hashable, Sendable {
    case text(String)
    /// The first line of a file.
    case file(String)
    /// A credential of this name that systemd did not pass.
    case noCredential(String)
}

/// The sources of one certificate.
package struct CertificateFiles: Hashable, Sendable {
    /// The certificate and any part of its chain, in any order.
    package var certificate: CertificateSource
    /// The private key; nil when the first source has it too.
    package var key: CertificateSource?
    /// More certificates of the chain.
    package var intermediates: CertificateSource?
    /// The password of an encrypted key; OpenSSL never prompts for one.
    package var password: PasswordSource?

    /// Creates the sources.
    package init(
        certificate: CertificateSource, key: CertificateSource? = nil,
        intermediates: CertificateSource? = nil, password: PasswordSource? = nil
    ) {
        self.certificate = certificate
        self.key = key
        self.intermediates = intermediates
        self.password = password
    }

    /// Every file among the sources, to be watched for changes.
    package var paths: [String] {
        var paths = [certificate, key, intermediates].compactMap { $0?.path }
        if case .file(let path) = password { paths.append(path) }
        return paths
    }
}
