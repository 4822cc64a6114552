/// What a client gets that asked for one host: its certificate and its policy.
@safe package final class TLSIdentity: Sendable {
    /// The certificate shown to the client.
    package let certificate: TLSCertificate

    /// The context whose policy holds for the client, whatever its session started with.
    package let context: TLSContext

    /// The caller's own number for it.
    package let index: Int

    /// Half of the session id context; a hash of the server name is the other.
    let scope: [UInt8]

    /// Puts a certificate and a policy together.
    ///
    /// - Parameters:
    ///   - certificate: What to show.
    ///   - context: The policy; the same as the certificate was loaded for.
    ///   - sessionScope: Bytes of any length that no other host has: a session made under one
    ///     scope, or another policy, is never resumed under another.
    ///   - index: The caller's own number for this identity.
    package init(
        certificate: TLSCertificate, context: TLSContext, sessionScope: [UInt8], index: Int
    ) {
        self.certificate = certificate
        self.context = context
        self.index = index
        // A session id context has room for 32 bytes; the hash of the server name takes 8.
        scope = Array(Digest.sha256(sessionScope + context.digest).prefix(24))
    }
}

/// Finds the identity a client asked for: the names of one endpoint.
package protocol TLSIdentityChooser: AnyObject, Sendable {
    /// Answers a ClientHello.
    ///
    /// Called on the loop that runs the handshake, once, or twice when the client has to repeat
    /// its hello (RFC 8446 section 4.1.4) and must get the same answer.
    /// - Parameter serverName: The name as the client spelled it, neither lower-cased nor
    ///   stripped of a final dot; nil when it named none.
    /// - Returns: nil to refuse the handshake with the alert `unrecognized_name` (RFC 6066).
    func identity(serverName: String?) -> TLSIdentity?
}
