internal import HandlerAPI
internal import TLS

extension ClientCertificate {
    /// What the TLS engine knows of it.
    init(_ peer: PeerCertificate) {
        self.init(
            subject: peer.subject, issuer: peer.issuer, alternativeNames: peer.alternativeNames,
            fingerprint: peer.fingerprint)
    }
}
