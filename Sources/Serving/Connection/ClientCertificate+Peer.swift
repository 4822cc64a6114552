internal import HandlerAPI
internal import TLS

extension ClientCertificate {
    /// What the TLS engine knows of it.
    init(_ peer: PeerCertificate, isResumed: Bool) {
        self.init(
            subject: peer.subject, issuer: peer.issuer, commonName: peer.commonName,
            alternativeNames: peer.alternativeNames, fingerprint: peer.fingerprint,
            isOfEarlierConnection: isResumed)
    }
}
