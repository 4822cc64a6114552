internal import HTTP
internal import HandlerAPI

/// Sends web clients elsewhere.
struct RedirectHandler: Handler {
    static let name = "redirect"
    static let summary = "sends web clients to another address"
    static let keys = SiteKeys.shared
    // ICS redirects with a status only; here the address is enough where nothing else serves.
    static let traits = HandlerTraits(
        speaksHTTP: true, redirect: .init(addressKey: "WebRedirectURL"),
        requiredKey: .init(
            "WebRedirectURL",
            question: "Where to send clients, such as https://example.org%path%"),
        impliedBy: [
            .keys("WebRedirectURL", "WebRedirectStat", precedence: .first),
            .keys("WebRedirectURL", precedence: .last),
        ])
    static let startsAtRest = true
    static let applicationProtocols = ["http/1.1", "http/1.0"]
    static let busyAnswer: String? = WebAnswer.busy

    let site: Site

    init(_ options: HandlerOptions) throws { site = try Site(options, kind: .redirect) }

    var firstByteTimeout: Duration? { site.limits.head }

    func serveAtOnce(_ client: Client) throws -> ServedAtOnce? {
        try WebFront.serveAtOnce(client, of: site)
    }

    func serve(_ client: Client) async throws -> Afterwards {
        try await WebFront.serve(client, of: site)
    }
}
