internal import HTTP
internal import HandlerAPI

/// The site that a request is for, and whether it answers.
struct SiteChoice {
    enum Verdict {
        case answer
        /// Only the challenge of an authority is answered: the site wants its clients on TLS, and has no
        /// certificate.
        case answerChallenge
        case refuse(Status)
    }

    private(set) var site: Site
    private(set) var verdict: Verdict

    /// The client's own site, for a request that names no host.
    init(_ own: Site) { (site, verdict) = (own, .answer) }

    /// Chooses by the host that a request names.
    ///
    /// - Parameters:
    ///   - head: the request.
    ///   - bytes: the bytes that the head was read from.
    ///   - client: the client, whose listener knows the hosts.
    ///   - own: the site of the host that accepted the client.
    init(for head: RequestHead, in bytes: Span<UInt8>, of client: Client, own: Site) {
        self.init(own)
        let isSecure = client.isTLS
        if !isSecure, client.isForChallenge { verdict = .answerChallenge }
        if let host = head.host {
            switch client.host(for: bytes.extracting(host)) {
            case .own: break
            case .other(let handler): choose(handler, .answer)
            case .otherForChallenge(let handler): choose(handler, .answerChallenge)
            case .misdirected: verdict = .refuse(.misdirectedRequest)
            case .denied: verdict = .refuse(.forbidden)
            case .down: verdict = .refuse(.unavailable)
            }
        }
        // RFC 9110, 7.4, requires it for https only: a request for http is no less safe over TLS.
        if head.target.isSecure, !isSecure, !site.sendsToTLS {
            verdict = .refuse(.misdirectedRequest)
        }
    }

    /// Chooses the site of another host, if that is a web host.
    private mutating func choose(_ handler: any Handler, _ verdict: Verdict) {
        let other = (handler as? WebHandler)?.site ?? (handler as? RedirectHandler)?.site
        guard let other else { return self.verdict = .refuse(.misdirectedRequest) }
        (site, self.verdict) = (other, verdict)
    }
}
