/// The certificate of a host, with its private key.
///
/// In ICS: `SslContext`, and the keys `SslCert`, `SslKey`, `SslInter` and `SslPassword`. Files are read when the
/// server listens, and again when they change: new clients get the new certificate, connected ones keep theirs.
public struct Certificate: Hashable, Sendable {
    /// `SslCert`: paths or PEM text.
    let certificate: String
    /// `SslKey`.
    let key: String?
    /// `SslInter`.
    let intermediates: String?
    /// `SslPassword`.
    let password: String?

    /// A certificate in files: PEM, DER, PKCS#7 or PKCS#12.
    ///
    /// - Parameters:
    ///   - certificate: the path, or two by comma, ECDSA and RSA.
    ///   - key: the path of the private key, or one for each certificate by comma; nil where those files have it.
    ///   - intermediates: the path of intermediate certificates.
    ///   - password: of the key, or `file:` and the path of a file with it, or `credential:` and the name of a
    ///     credential of systemd.
    /// - Returns: the certificate; a file that cannot be used keeps its host from serving TLS.
    public static func files(
        _ certificate: String, key: String? = nil, intermediates: String? = nil,
        password: String? = nil
    ) -> Certificate {
        Certificate(
            certificate: certificate, key: key, intermediates: intermediates, password: password)
    }

    /// A certificate, its intermediate certificates and its private key as PEM text.
    ///
    /// - Parameters:
    ///   - text: the blocks, the certificate first.
    ///   - key: the private key, where `text` has none.
    ///   - password: of the key.
    /// - Returns: the certificate.
    public static func pem(
        _ text: String, key: String? = nil, password: String? = nil
    ) -> Certificate {
        Certificate(certificate: text, key: key, intermediates: nil, password: password)
    }

    /// A self-signed certificate for the names of the host, which the server creates and renews.
    ///
    /// It is kept in ``SocketServer/Options/stateDirectory``, or in memory where that is nil.
    public static var selfMade: Certificate {
        Certificate(certificate: "", key: nil, intermediates: nil, password: nil)
    }
}
