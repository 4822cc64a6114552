internal import HandlerAPI
internal import TLS

/// The TLS half of a connection, apart because plain ones need none of its bytes.
final class TLSLayer {
    let session: TLSSession
    /// The host that the client's name has led to; settled by the first ClientHello.
    var chosen: Host?
    /// Why that host does not admit the client.
    var refusal: AccessRefusal?

    init(session: consuming TLSSession) {
        self.session = session
    }

    /// The certificate that the peer showed.
    var peerCertificate: ClientCertificate? {
        session.peerCertificate.map { peer in
            ClientCertificate(
                subject: peer.subject, issuer: peer.issuer, commonName: peer.commonName,
                alternativeNames: peer.alternativeNames, fingerprint: peer.fingerprint,
                isOfEarlierConnection: session.isResumed)
        }
    }
}
