/// The certificate that a client showed in its handshake: signed by an authority of the host
/// (`CliCertCA`), valid, and not revoked.
public struct ClientCertificate: Hashable, Sendable {
    /// Whom it is for, as RFC 2253 writes names, such as `CN=alice,O=Example`.
    ///
    /// It is ASCII, for records and programs: other characters are escaped (`CN=J\C3\BCrgen`). Do not
    /// take it apart: ``commonName`` is what the certificate has.
    public let subject: String
    /// The common name of the subject, in UTF-8; the first one of the certificate where it has several.
    ///
    /// Nil without one, and for one with a control character or of over 1,024 bytes.
    public let commonName: String?
    /// Who issued it, in the same form.
    public let issuer: String
    /// Its subjectAltName, each name with its kind: `DNS:www.example.org`, `IP:192.0.2.1`,
    /// `email:alice@example.org`, `URI:spiffe://example.org/x`.
    ///
    /// Those with a control character are left out.
    public let alternativeNames: [String]
    /// The SHA-256 of the whole certificate, in 64 lower-case hexadecimal digits.
    public let fingerprint: String
    /// Whether it was shown on an earlier connection, whose session this one resumes.
    public let isOfEarlierConnection: Bool

    /// Makes one, for tests of handlers too.
    public init(
        subject: String, issuer: String, commonName: String? = nil,
        alternativeNames: [String] = [], fingerprint: String, isOfEarlierConnection: Bool = false
    ) {
        self.subject = subject
        self.commonName = commonName
        self.isOfEarlierConnection = isOfEarlierConnection
        self.issuer = issuer
        self.alternativeNames = alternativeNames
        self.fingerprint = fingerprint
    }
}
