/// The certificate that a client showed in its handshake: signed by an authority of the host
/// (`CliCertCA`), valid, and not revoked.
public struct ClientCertificate: Hashable, Sendable {
    /// Whom it is for, as RFC 2253 writes names, such as `CN=alice,O=Example`.
    public let subject: String
    /// Who issued it, in the same form.
    public let issuer: String
    /// Its subjectAltName, each name with its kind: `DNS:www.example.org`, `IP:192.0.2.1`,
    /// `email:alice@example.org`, `URI:spiffe://example.org/x`.
    public let alternativeNames: [String]
    /// The SHA-256 of the whole certificate, in 64 lower-case hexadecimal digits.
    public let fingerprint: String

    /// Makes one, for tests of handlers too.
    public init(
        subject: String, issuer: String, alternativeNames: [String] = [], fingerprint: String
    ) {
        self.subject = subject
        self.issuer = issuer
        self.alternativeNames = alternativeNames
        self.fingerprint = fingerprint
    }
}
