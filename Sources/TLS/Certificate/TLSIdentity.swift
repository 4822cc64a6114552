/// Provides the certificates of an identity.
package protocol TLSCertificateSource: AnyObject, Sendable {
    /// The certificates, of which a client is sent one that it can use; empty when none is usable.
    ///
    /// Called on the loop that runs the handshake; may read files the first time.
    var certificates: [TLSCertificate] { get }

    /// Whether there is a certificate, as far as is known without reading files.
    var isUsable: Bool { get }
}

/// The certificates and the policy for the clients of one host.
@safe package final class TLSIdentity: Sendable {
    /// Provides the certificates.
    package let source: any TLSCertificateSource

    /// The context with the client's policy, which replaces that of the new session.
    package let context: TLSContext

    /// Half of the session id context; the other half is a hash of the server name.
    let scope: [UInt8]

    /// Creates an identity.
    ///
    /// - Parameters:
    ///   - source: Provides the certificates.
    ///   - context: The policy; the same that the certificates were loaded for.
    ///   - sessionScope: Bytes of any length, unique to the host: a session is never resumed under another
    ///     scope or policy.
    package init(
        certificate source: any TLSCertificateSource, context: TLSContext, sessionScope: [UInt8]
    ) {
        self.source = source
        self.context = context
        // A session id context has at most 32 bytes; the hash of the server name takes 8.
        scope = Array(Digest.sha256(sessionScope + context.digest).prefix(24))
    }
}

/// Finds the identity for a server name among those of one endpoint.
package protocol TLSIdentityChooser: AnyObject, Sendable {
    /// Answers a ClientHello.
    ///
    /// Called on the loop that runs the handshake, once, or twice when the client has to repeat its hello
    /// (RFC 8446 section 4.1.4) and must get the same answer.
    /// - Parameter serverName: The name as the client sent it, neither lower-cased nor stripped of a final
    ///   dot; nil when it sent none.
    /// - Returns: nil to refuse the handshake with the alert `unrecognized_name` (RFC 6066), or
    ///   `access_denied` where ``deniesAccess``.
    func identity(serverName: String?) -> TLSIdentity?

    /// Whether the last answer was nil because the identity is not for this client (RFC 8446, 6.2).
    var deniesAccess: Bool { get }
}

extension TLSIdentityChooser {
    /// Identities are for all clients.
    package var deniesAccess: Bool { false }
}
