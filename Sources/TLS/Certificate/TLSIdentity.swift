/// Where an identity gets what it shows.
package protocol TLSCertificateSource: AnyObject, Sendable {
    /// What to show, of which a client gets what it can use; none when nothing can be shown.
    ///
    /// Called on the loop that runs the handshake; may read files the first time.
    var certificates: [TLSCertificate] { get }

    /// Whether there is something to show, as far as is known without reading.
    var isUsable: Bool { get }
}

/// What a client gets that asked for one host: its certificates and its policy.
@safe package final class TLSIdentity: Sendable {
    /// The certificates shown to the client.
    package let source: any TLSCertificateSource

    /// The context whose policy holds for the client, whatever its session started with.
    package let context: TLSContext

    /// Half of the session id context; a hash of the server name is the other.
    let scope: [UInt8]

    /// Puts a certificate and a policy together.
    ///
    /// - Parameters:
    ///   - source: What to show.
    ///   - context: The policy; the same as the certificates are loaded for.
    ///   - sessionScope: Bytes of any length that no other host has: a session made under one
    ///     scope, or another policy, is never resumed under another.
    package init(
        certificate source: any TLSCertificateSource, context: TLSContext, sessionScope: [UInt8]
    ) {
        self.source = source
        self.context = context
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
